/* debug_info.c - libdw, on the process itself; where it is missing, what the dynamic linker knows.
 *
 * One session a process, under a lock: what libdw has read of tables it keeps, so a thousand stacks
 * cost little more than one. A library loaded or unloaded since starts it anew. libdw allocates by
 * itself, behind the program's allocator: only here, only for reports. It is not asked to fetch
 * anything over the network: the find_debuginfo of ours looks at the machine only.
 *
 * The unwinder may be handed a damaged stack. It reads words through session_read, which refuses
 * what lies outside the stack, and it ends after `max` frames.
 */
/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "sys/debug_info.h"

/* "fetch.part.0" is "fetch" to a person. */
static void set_function(struct cede__place_name *name, const char *function)
{
    snprintf(name->function, sizeof name->function, "%.*s", (int)strcspn(function, ".@"), function);
    if (strncmp(name->function, "cede__", 6) == 0)
        name->is_inside = true;
    else if (strncmp(name->function, "cede_", 5) == 0)
        name->is_inside = false;
}

/* What the dynamic linker knows: exported functions and modules. */
static void name_by_linker(uintptr_t place, struct cede__place_name *name)
{
    Dl_info info;

    if (!dladdr((void *)(place - 1), &info) || !info.dli_fname)
        snprintf(name->function, sizeof name->function, "%#lx", (unsigned long)place);
    else if (info.dli_sname)
        set_function(name, info.dli_sname);
    else
        snprintf(name->function, sizeof name->function, "%s+%#lx", cede__file_name(info.dli_fname),
                 (unsigned long)(place - 1 - (uintptr_t)info.dli_fbase));
}

#if !defined(CEDE__HAVE_LIBDW)

size_t cede__debug_info_walk(struct cede__context_place at, uintptr_t low, uintptr_t high,
                             uintptr_t *places, size_t max)
{
    (void)at;
    (void)low;
    (void)high;
    (void)places;
    (void)max;
    return 0;
}

size_t cede__debug_info_walk_sample(const struct cede__sample *sample, uintptr_t *places,
                                    size_t max)
{
    (void)sample;
    (void)places;
    (void)max;
    return 0;
}

void cede__debug_info_name(uintptr_t place, struct cede__place_name *name_out)
{
    *name_out = (struct cede__place_name){.line = 0};
    name_by_linker(place, name_out);
}

#else

#include <dwarf.h>
#include <elfutils/libdwfl.h>
#include <link.h>
#include <unistd.h>

#include "sys/futex.h"

/* One walk. */
struct walk {
    struct cede__context_place at;
    uintptr_t low, high; /* what may be read */
    uintptr_t shift;     /* from where it was to where it is read: of a copy */
    uintptr_t *places;
    size_t n, max;
};

static struct session {
    struct cede__mutex lock;
    Dwfl *dwfl;                 /* NULL before first use, or where it cannot be had */
    unsigned long long n_loads; /* of libraries, and unloads, when it began */
    struct walk *walk;          /* under way */
    char our_sources[256];      /* path of the folder that holds sys/debug_info.c; "" if unknown */
} session;

/* The session. */

/* lint: allow parameters: libdw's */
static int find_debuginfo(Dwfl_Module *module, void **user_data, const char *name, Dwarf_Addr base,
                          const char *file, const char *link, GElf_Word crc, char **path_out)
{
    (void)link;
    (void)crc;
    return dwfl_build_id_find_debuginfo(module, user_data, name, base, file, NULL, 0, path_out);
}

static int count_loads(struct dl_phdr_info *info, size_t size, void *arg)
{
    (void)size;
    *(unsigned long long *)arg = info->dlpi_adds + info->dlpi_subs;
    return 1; /* every entry says the same */
}

static pid_t session_next_thread(Dwfl *dwfl, void *arg, void **thread_arg)
{
    (void)dwfl;
    (void)arg;
    if (*thread_arg)
        return 0;
    *thread_arg = &session;
    return 1; /* the only thread there is: the parked stack */
}

/* Guards within frames, which AddressSanitizer knows, may be read: the stack is another's and is
 * only looked at. */
static __attribute__((no_sanitize("address"))) bool session_read(Dwfl *dwfl, Dwarf_Addr address,
                                                                 Dwarf_Word *word_out, void *arg)
{
    const struct walk *walk = session.walk;

    (void)dwfl;
    (void)arg;
    if (address < walk->low || address > walk->high - sizeof(uintptr_t) ||
        address % sizeof(uintptr_t) != 0)
        return false;
    *word_out = *(const uintptr_t *)(uintptr_t)(address + walk->shift);
    return true;
}

static bool session_set_registers(Dwfl_Thread *thread, void *arg)
{
    const Dwarf_Word sp = session.walk->at.sp;
    const Dwarf_Word fp = session.walk->at.fp;

    (void)arg;
    dwfl_thread_state_register_pc(thread, session.walk->at.pc);
#if defined(__x86_64__)
    return dwfl_thread_state_registers(thread, 6, 1, &fp) &&
           dwfl_thread_state_registers(thread, 7, 1, &sp);
#elif defined(__aarch64__)
    return dwfl_thread_state_registers(thread, 29, 1, &fp) &&
           dwfl_thread_state_registers(thread, 31, 1, &sp);
#else
    (void)sp;
    (void)fp;
    return false;
#endif
}

static Dwfl *session_open(void)
{
    static const Dwfl_Callbacks finders = {.find_elf = dwfl_linux_proc_find_elf,
                                           .find_debuginfo = find_debuginfo};
    static const Dwfl_Thread_Callbacks threads = {.next_thread = session_next_thread,
                                                  .memory_read = session_read,
                                                  .set_initial_registers = session_set_registers};
    Dwfl *dwfl = dwfl_begin(&finders);

    if (!dwfl)
        return NULL;
    if (dwfl_linux_proc_report(dwfl, getpid()) != 0 || dwfl_report_end(dwfl, NULL, NULL) != 0 ||
        !dwfl_attach_state(dwfl, NULL, 1, &threads, NULL)) {
        dwfl_end(dwfl);
        return NULL;
    }
    return dwfl;
}

/* The unit of an address; NULL if unknown. In a module without a table of address ranges, as clang
 * makes them, every unit is looked at. */
static Dwarf_Die *find_unit(Dwfl_Module *module, Dwarf_Addr address, Dwarf_Addr *bias_out)
{
    Dwarf_Die *unit = dwfl_module_addrdie(module, address, bias_out);

    if (unit && dwarf_haspc(unit, address - *bias_out) == 1)
        return unit;
    unit = NULL; /* or a neighbour, of which a table tells */
    while ((unit = dwfl_module_nextcu(module, unit, bias_out))) {
        if (dwarf_haspc(unit, address - *bias_out) == 1)
            return unit;
    }
    return NULL;
}

/* The path of an address's source file; NULL if unknown. */
static const char *find_source(Dwfl_Module *module, Dwarf_Addr address, int *line_out)
{
    Dwfl_Line *known = dwfl_module_getsrc(module, address);

    if (known)
        return dwfl_lineinfo(known, NULL, line_out, NULL, NULL, NULL);
    Dwarf_Addr bias;
    Dwarf_Die *unit = find_unit(module, address, &bias);
    Dwarf_Line *line = unit ? dwarf_getsrc_die(unit, address - bias) : NULL;
    return line && dwarf_lineno(line, line_out) == 0 ? dwarf_linesrc(line, NULL, NULL) : NULL;
}

/* Where our own sources are said to lie: above this file. */
static void session_find_our_sources(void)
{
    static const char here[] = "sys/debug_info.c";
    const Dwarf_Addr address = (uintptr_t)session_find_our_sources;
    Dwfl_Module *module = dwfl_addrmodule(session.dwfl, address);
    int line;
    const char *path = module ? find_source(module, address, &line) : NULL;
    const size_t length = path ? strlen(path) : 0;

    session.our_sources[0] = '\0';
    if (length >= sizeof here && strcmp(path + length - (sizeof here - 1), here) == 0)
        snprintf(session.our_sources, sizeof session.our_sources, "%.*s",
                 (int)(length - (sizeof here - 1)), path);
}

/* The session, opened if need be; NULL if there is none to be had. Under its lock. */
static Dwfl *session_get(void)
{
    unsigned long long n_loads = 0;

    dl_iterate_phdr(count_loads, &n_loads);
    if (session.dwfl && session.n_loads != n_loads) {
        dwfl_end(session.dwfl);
        session.dwfl = NULL;
    }
    if (!session.dwfl) {
        session.dwfl = session_open();
        session.n_loads = n_loads;
        if (session.dwfl)
            session_find_our_sources();
    }
    return session.dwfl;
}

/* Walking. */

static int walk_add(Dwfl_Frame *frame, void *arg)
{
    struct walk *walk = arg;
    Dwarf_Addr place;

    if (walk->n == walk->max || !dwfl_frame_pc(frame, &place, NULL) || place == 0)
        return DWARF_CB_ABORT;
    walk->places[walk->n++] = (uintptr_t)place;
    return DWARF_CB_OK;
}

static size_t walk_run(struct walk *walk)
{
    cede__mutex_lock(&session.lock);
    if (session_get()) {
        session.walk = walk;
        /* An error is the end of what can be told. */
        (void)dwfl_getthread_frames(session.dwfl, 1, walk_add, walk);
        session.walk = NULL;
    }
    cede__mutex_unlock(&session.lock);
    return walk->n;
}

size_t cede__debug_info_walk(struct cede__context_place at, uintptr_t low, uintptr_t high,
                             uintptr_t *places, size_t max)
{
    struct walk walk = {.at = at, .low = low, .high = high, .places = places, .max = max};

    return walk_run(&walk);
}

size_t cede__debug_info_walk_sample(const struct cede__sample *sample, uintptr_t *places,
                                    size_t max)
{
    struct walk walk = {.at = sample->at,
                        .low = sample->at.sp,
                        .high = sample->at.sp + sample->n_bytes,
                        .shift = (uintptr_t)sample->stack - sample->at.sp,
                        .places = places,
                        .max = max};

    if (sample->n_bytes < sizeof(uintptr_t) || walk_run(&walk) == 0)
        return 0;
    places[0]++;
#if defined(__x86_64__)
    /* It stood where no frame is described, in a stub of the linker mostly: then who called that is
     * on top of the stack. */
    if (walk.n == 1 && max > 1) {
        walk.n = 0;
        walk.places = places + 1;
        walk.max = max - 1;
        memcpy(&walk.at.pc, sample->stack, sizeof walk.at.pc);
        walk.at.sp += sizeof walk.at.pc;
        return 1 + walk_run(&walk);
    }
#endif
    return walk.n;
}

/* Naming. */

static void set_source(struct cede__place_name *name, const char *path)
{
    const size_t length = strlen(session.our_sources);

    snprintf(name->file, sizeof name->file, "%s", cede__file_name(path));
    name->is_inside = length > 0 && strncmp(path, session.our_sources, length) == 0;
}

/* Where the function at `call`, which was compiled into another, was called there; NULL if
 * unknown. */
static const char *find_call(Dwarf_Die *unit, Dwarf_Die *call, int *line_out)
{
    Dwarf_Attribute attribute;
    Dwarf_Word file, line;
    Dwarf_Files *files;

    if (dwarf_getsrcfiles(unit, &files, NULL) != 0 ||
        dwarf_formudata(dwarf_attr(call, DW_AT_call_file, &attribute), &file) != 0 ||
        dwarf_formudata(dwarf_attr(call, DW_AT_call_line, &attribute), &line) != 0)
        return NULL;
    *line_out = (int)line;
    return file > 0 ? dwarf_filesrc(files, file, NULL, NULL) : dwarf_diename(unit);
}

/* If the address is in functions of our headers that were compiled into the program's, where the
 * program called the outermost of them; else NULL. */
static const char *find_call_of_ours(Dwfl_Module *module, Dwarf_Addr address, int *line_out)
{
    Dwarf_Addr bias;
    Dwarf_Die *unit = find_unit(module, address, &bias);
    Dwarf_Die *scopes = NULL, *parents = NULL;
    const char *path = NULL;
    int n = 0;

    if (unit && dwarf_getscopes(unit, address - bias, &scopes) > 0)
        n = dwarf_getscopes_die(&scopes[0], &parents);
    for (int i = 0; i < n; i++) {
        const int tag = dwarf_tag(&parents[i]);
        const char *name = dwarf_diename(&parents[i]);
        if (tag == DW_TAG_lexical_block)
            continue;
        if (tag != DW_TAG_inlined_subroutine || !name || strncmp(name, "cede__", 6) != 0)
            break;
        path = find_call(unit, &parents[i], line_out);
    }
    free(parents); /* lint: allow free: libdw's */
    free(scopes);  /* lint: allow free: libdw's */
    return path;
}

void cede__debug_info_name(uintptr_t place, struct cede__place_name *name_out)
{
    struct cede__place_name name = {.line = 0};
    const Dwarf_Addr address = place - 1; /* in the call, not after it */

    cede__mutex_lock(&session.lock);
    Dwfl_Module *module = session_get() ? dwfl_addrmodule(session.dwfl, address) : NULL;
    if (module) {
        const char *path = find_call_of_ours(module, address, &name.line);
        if (!path)
            path = find_source(module, address, &name.line);
        const char *function = dwfl_module_addrname(module, address);
        if (path)
            set_source(&name, path);
        if (function)
            set_function(&name, function);
    }
    cede__mutex_unlock(&session.lock);
    if (!name.function[0])
        name_by_linker(place, &name);
    *name_out = name;
}

#endif
