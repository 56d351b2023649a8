/* error.c - records of errors: raise, hand up, chain, print.
 *
 * A record holds a chain of up to four errors, the newest first, which share sixteen frames and one
 * text. raise starts afresh; raise_from pushes a link in front; hand_up adds a frame to the newest
 * link while the code is still the same. A frame is a pointer to static memory that the macro made,
 * so adding one is a store.
 *
 * Whose record: cede__error_here points into the running coroutine and is changed by the switch;
 * outside of coroutines it is NULL and a thread-local record serves.
 */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* strerrorname_np */
#include <stdio.h>
#include <string.h>

#include "base/error_record.h"

__thread struct cede_error *cede__error_here;
static __thread struct cede_error thread_record;

struct cede_error *cede__error_slot(void)
{
    return cede__error_here ? cede__error_here : &thread_record;
}

static void record_add_frame(struct cede_error *record, const cede_site *site)
{
    struct cede__error_link *link = &record->links[0];

    /* Frames are added to the newest link only, whose stretch is the last one. */
    if (record->n_frames < CEDE__ERROR_FRAMES) {
        record->frames[record->n_frames++] = site;
        link->n_frames++;
    } else {
        link->n_more++;
    }
}

static void record_push(struct cede_error *record, int code, const cede_site *site,
                        const char *format, va_list args)
{
    struct cede__error_link *link = &record->links[0];
    size_t room;
    int length;

    if (record->n_links == CEDE__ERROR_LINKS)
        record->n_links--; /* the oldest cause is dropped */
    memmove(record->links + 1, record->links, record->n_links * sizeof record->links[0]);
    record->n_links++;

    /* Words that do not fit any more are cut; when the text is full, links share its last
     * terminator. */
    room = sizeof record->text - record->text_end;
    *link = (struct cede__error_link){
        .code = code, .text = record->text_end, .first_frame = record->n_frames};
    length = format ? vsnprintf(record->text + record->text_end, room, format, args) : 0;
    if (length <= 0) {
        record->text[record->text_end] = '\0';
        length = 0;
    }
    record->text_end += (uint16_t)((size_t)length < room ? (size_t)length + 1 : room);
    if (record->text_end >= sizeof record->text)
        record->text_end = sizeof record->text - 1;
    if (site)
        record_add_frame(record, site);
}

static void record_push_words(struct cede_error *record, int code, const cede_site *site,
                              const char *format, ...) CEDE_PRINTF(4, 5);
static void record_push_words(struct cede_error *record, int code, const cede_site *site,
                              const char *format, ...)
{
    va_list args;

    va_start(args, format);
    record_push(record, code, site, format, args);
    va_end(args);
}

static void record_push_plain(struct cede_error *record, int code, const cede_site *site)
{
    record_push_words(record, code, site, NULL);
}

static void record_reset(struct cede_error *record)
{
    record->mark = CEDE__ERROR_NOT_MARKED;
    record->n_links = 0;
    record->n_frames = 0;
    record->text_end = 0;
}

int cede__raise(int code, const cede_site *site, const char *format, ...)
{
    struct cede_error *record = cede__error_slot();
    va_list args;

    record_reset(record);
    va_start(args, format);
    record_push(record, code < 0 ? code : -EINVAL, site, format, args);
    va_end(args);
    return record->links[0].code;
}

int cede__raise_from(int code, const cede_site *site, const char *format, ...)
{
    struct cede_error *record = cede__error_slot();
    va_list args;

    if (record->n_links == 0)
        record_reset(record);
    else if (record->mark == CEDE__ERROR_MARKED)
        record->mark = CEDE__ERROR_IS_CAUSE;
    va_start(args, format);
    record_push(record, code < 0 ? code : -EINVAL, site, format, args);
    va_end(args);
    return record->links[0].code;
}

int cede__hand_up(int code, const cede_site *site)
{
    struct cede_error *record = cede__error_slot();

    if (record->n_links > 0 && record->links[0].code == code) {
        record_add_frame(record, site);
    } else {
        record_reset(record);
        record_push_plain(record, code, site);
    }
    return code;
}

void cede__error_adopt(const struct cede_error *from, int code)
{
    struct cede_error *record = cede__error_slot();

    if (from && from->n_links > 0 && from->links[0].code == code) {
        cede__error_copy(record, from);
    } else {
        record_reset(record);
        record_push_plain(record, code, NULL);
    }
}

void cede__error_chain(const struct cede_error *cause)
{
    struct cede_error *record = cede__error_slot();
    const struct cede_error own = *record;

    cede__error_copy(record, cause);
    for (unsigned i = own.n_links; i > 0; i--) {
        const struct cede__error_link *link = &own.links[i - 1];
        const char *words = own.text + link->text;

        record_push_words(record, link->code, NULL, *words ? "%s" : NULL, words);
        for (unsigned j = 0; j < link->n_frames; j++)
            record_add_frame(record, own.frames[link->first_frame + j]);
        record->links[0].n_more += link->n_more;
    }
}

void cede__error_copy(struct cede_error *to, const struct cede_error *from)
{
    if (to != from)
        *to = *from;
}

const cede_error *cede_error_last(void)
{
    const struct cede_error *record = cede__error_slot();

    return record->n_links > 0 ? record : NULL;
}

void cede_error_clear(void)
{
    cede__error_slot()->n_links = 0;
}

int cede_error_code(const cede_error *error)
{
    return error && error->n_links > 0 ? error->links[0].code : 0;
}

static const char *link_words(const cede_error *error, const struct cede__error_link *link)
{
    const char *words = error->text + link->text;

    return *words ? words : cede_strerror(link->code);
}

const char *cede_error_message(const cede_error *error)
{
    return error && error->n_links > 0 ? link_words(error, &error->links[0]) : "";
}

static void link_add(const cede_error *error, const struct cede__error_link *link,
                     struct cede__text *text)
{
    /* Outermost first, the place where it was raised last, next to the words: as Python prints
     * it. */
    cede__text_add(text, "Traceback (most recent call last):\n");
    if (link->n_more > 0)
        cede__text_add(text, "  ... %u more\n", link->n_more);
    for (unsigned i = link->n_frames; i > 0; i--) {
        const cede_site *site = error->frames[link->first_frame + i - 1];
        cede__text_add(text, "  %s:%d in %s\n", cede__file_name(site->file), site->line,
                       site->function);
    }
    cede__text_add(text, "%s: %s\n", cede_error_name(link->code), link_words(error, link));
}

size_t cede_error_format(const cede_error *error, char *buffer, size_t size)
{
    struct cede__text text = {buffer, size, 0};

    if (size > 0)
        buffer[0] = '\0';
    if (!error)
        return 0;
    for (unsigned i = error->n_links; i > 0; i--) {
        link_add(error, &error->links[i - 1], &text);
        if (i > 1)
            cede__text_add(&text, "\nThis was the direct cause of the following error:\n\n");
    }
    return text.length;
}

void cede_error_print(const cede_error *error, FILE *stream)
{
    char text[4096];

    cede_error_format(error, text, sizeof text);
    fputs(text, stream);
}

const char *cede_strerror(int code)
{
    switch (code) {
#define ERROR_SENTENCE(name, number, sentence)                                                     \
    case name:                                                                                     \
        return sentence;
        CEDE_ERRORS(ERROR_SENTENCE)
#undef ERROR_SENTENCE
    default:
        break;
    }
    const char *sentence = strerrordesc_np(-code);
    return sentence ? sentence : "unknown error";
}

const char *cede_error_name(int code)
{
    switch (code) {
#define ERROR_NAME(name, number, sentence)                                                         \
    case name:                                                                                     \
        return #name;
        CEDE_ERRORS(ERROR_NAME)
#undef ERROR_NAME
    default:
        break;
    }
    const char *name = strerrorname_np(-code);
    return name ? name : "E?";
}
