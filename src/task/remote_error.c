/* remote_error.c - error records between processes.
 *
 * The frames of a record point to static descriptions of lines, which the other process has too,
 * at another address: they travel as places. What comes from a worker may be damaged, so it is
 * measured before it is followed. The lines of a crash have no such descriptions; they are made
 * here, once a place in code, and kept: as many as there are places where the program crashes.
 */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "sys/debug_info.h"
#include "sys/futex.h"
#include "task/process_share.h"

bool cede__remote_error_write(const struct cede__modules *modules, int code,
                              struct cede__remote_error *out)
{
    const struct cede_error *record = cede_error_last();

    if (cede_error_code(record) != code)
        return false;
    memcpy(out->text, record->text, sizeof out->text);
    memcpy(out->links, record->links, sizeof out->links);
    out->n_links = record->n_links;
    out->n_frames = record->n_frames;
    out->text_end = record->text_end;
    for (unsigned i = 0; i < record->n_frames; i++) {
        if (!cede__place_of(modules, (uintptr_t)record->frames[i], &out->frames[i]))
            memset(&out->frames[i], 0, sizeof out->frames[i]);
    }
    return true;
}

/* The description of a line that `place` stands for. A damaged place may stand for something else
 * within the module, which a sanitizer would not have read. */
__attribute__((no_sanitize("address"))) static const cede_site *
find_site(const struct cede__modules *modules, const struct cede__place *place)
{
    static const cede_site unknown = {"?", "?", 0};
    const uintptr_t address = cede__place_find(modules, place, false);
    const cede_site *site = (const cede_site *)address;

    if (address % _Alignof(cede_site) != 0 || !cede__modules_hold(modules, address, sizeof *site) ||
        !cede__modules_hold(modules, (uintptr_t)site->file, 1) ||
        !cede__modules_hold(modules, (uintptr_t)site->function, 1))
        return &unknown;
    return site;
}

/* Whether the numbers of a record hang together. */
static bool record_is_sound(const struct cede_error *record)
{
    if (record->n_links == 0 || record->n_links > CEDE__ERROR_LINKS ||
        record->n_frames > CEDE__ERROR_FRAMES || record->text_end >= sizeof record->text)
        return false;
    for (unsigned i = 0; i < record->n_links; i++) {
        const struct cede__error_link *link = &record->links[i];
        if (link->code >= 0 || link->text >= sizeof record->text ||
            link->first_frame + link->n_frames > record->n_frames)
            return false;
    }
    return true;
}

void cede__remote_error_read(const struct cede__modules *modules,
                             const struct cede__remote_error *from, int code,
                             struct cede_error *out)
{
    memcpy(out->text, from->text, sizeof out->text);
    memcpy(out->links, from->links, sizeof out->links);
    out->text[sizeof out->text - 1] = '\0';
    out->n_links = from->n_links;
    out->n_frames = from->n_frames;
    out->text_end = from->text_end;
    if (!record_is_sound(out) || out->links[0].code != code) {
        *out = (struct cede_error){.links = {{.code = code}}, .n_links = 1, .text_end = 1};
        return;
    }
    for (unsigned i = 0; i < out->n_frames; i++)
        out->frames[i] = find_site(modules, &from->frames[i]);
}

/* Lines of crashes. */

struct crash_site {
    struct crash_site *next; /* on crash_sites */
    uintptr_t address;
    cede_site site;
    char file[96];
    char function[128];
};

static struct crash_site *crash_sites;
static struct cede__mutex crash_lock;

/* Under the lock; NULL where there is no memory. */
static struct crash_site *crash_site_at(uintptr_t address)
{
    struct cede__place_name name;
    struct crash_site *site;

    for (site = crash_sites; site; site = site->next) {
        if (site->address == address)
            return site;
    }
    site = cede__malloc(sizeof *site);
    if (!site)
        return NULL;
    cede__debug_info_name(address, &name);
    snprintf(site->file, sizeof site->file, "%s", name.file[0] ? name.file : "?");
    snprintf(site->function, sizeof site->function, "%s", name.function[0] ? name.function : "?");
    site->site = (cede_site){site->file, site->function, name.line};
    site->address = address;
    site->next = crash_sites;
    crash_sites = site;
    return site;
}

/* Whether what lies below is ours: what runs a job in a worker. */
static bool is_outermost(const struct crash_site *site)
{
    return strcmp(site->function, "slot_run") == 0 || strcmp(site->function, "slot_take") == 0 ||
           strcmp(site->function, "serve") == 0 || strcmp(site->function, "cede_process_init") == 0;
}

/* Whether what lies above is of no interest: the handler, and what the signal was raised by. */
static bool is_handler(const struct crash_site *site)
{
    return strcmp(site->function, "crash_arrived") == 0;
}

void cede__remote_error_add_places(const struct cede__modules *modules,
                                   const struct cede__place *places, size_t n,
                                   struct cede_error *record)
{
    struct cede__error_link *link = &record->links[0];
    size_t first = 0;

    cede__mutex_lock(&crash_lock);
    for (size_t i = 0; i < n; i++) {
        const uintptr_t address = cede__place_find(modules, &places[i], true);
        const struct crash_site *site = address ? crash_site_at(address) : NULL;
        if (site && is_handler(site))
            first = i + 1;
    }
    for (size_t i = first; i < n && record->n_frames < CEDE__ERROR_FRAMES; i++) {
        const uintptr_t address = cede__place_find(modules, &places[i], true);
        const struct crash_site *site = address ? crash_site_at(address) : NULL;
        if (!site)
            continue;
        if (is_outermost(site))
            break;
        record->frames[record->n_frames++] = &site->site;
        link->n_frames++;
    }
    cede__mutex_unlock(&crash_lock);
}
