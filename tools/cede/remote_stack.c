/* remote_stack.c - the stacks of another process's parked tasks, by libdw and process_vm_readv.
 *
 * The process is not attached to: libdw is handed the three registers that a parked task keeps, and
 * reads its stack only.
 */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "remote.h"

#if !defined(CEDE__HAVE_LIBDW)

bool remote_stack_open(pid_t pid)
{
    (void)pid;
    return false;
}

void remote_stack_print(const struct remote_task *task, int indent)
{
    (void)task;
    (void)indent;
}

void remote_stack_close(void)
{
}

#else

#include <elfutils/libdwfl.h>

enum { MAX_FRAMES = 64 };

static struct {
    Dwfl *dwfl;
    pid_t pid;
    struct cede__context_place at;
    Dwarf_Addr places[MAX_FRAMES];
    size_t n;
    char sources[256]; /* path of the folder that holds task/task.c; "" if unknown */
} session;

/* lint: allow parameters: libdw's */
static int find_debuginfo(Dwfl_Module *module, void **user_data, const char *name, Dwarf_Addr base,
                          const char *file, const char *link, GElf_Word crc, char **path_out)
{
    (void)link;
    (void)crc;
    return dwfl_build_id_find_debuginfo(module, user_data, name, base, file, NULL, 0, path_out);
}

static pid_t next_thread(Dwfl *dwfl, void *arg, void **thread_arg)
{
    (void)dwfl;
    (void)arg;
    if (*thread_arg)
        return 0;
    *thread_arg = &session;
    return 1; /* the only one there is: the parked stack */
}

static bool read_word(Dwfl *dwfl, Dwarf_Addr address, Dwarf_Word *word_out, void *arg)
{
    (void)dwfl;
    (void)arg;
    return remote_read(session.pid, address, word_out, sizeof *word_out);
}

static bool set_registers(Dwfl_Thread *thread, void *arg)
{
    const Dwarf_Word sp = session.at.sp, fp = session.at.fp;

    (void)arg;
    dwfl_thread_state_register_pc(thread, session.at.pc);
#if defined(__x86_64__)
    return dwfl_thread_state_registers(thread, 6, 1, &fp) &&
           dwfl_thread_state_registers(thread, 7, 1, &sp);
#elif defined(__aarch64__)
    return dwfl_thread_state_registers(thread, 29, 1, &fp) &&
           dwfl_thread_state_registers(thread, 31, 1, &sp);
#else
    (void)fp;
    (void)sp;
    return false;
#endif
}

bool remote_stack_open(pid_t pid)
{
    static const Dwfl_Callbacks finders = {.find_elf = dwfl_linux_proc_find_elf,
                                           .find_debuginfo = find_debuginfo};
    static const Dwfl_Thread_Callbacks threads = {.next_thread = next_thread,
                                                  .memory_read = read_word,
                                                  .set_initial_registers = set_registers};

    session.pid = pid;
    session.dwfl = dwfl_begin(&finders);
    if (!session.dwfl)
        return false;
    return dwfl_linux_proc_report(session.dwfl, pid) == 0 &&
           dwfl_report_end(session.dwfl, NULL, NULL) == 0 &&
           dwfl_attach_state(session.dwfl, NULL, 1, &threads, NULL);
}

void remote_stack_close(void)
{
    if (session.dwfl)
        dwfl_end(session.dwfl);
    session.dwfl = NULL;
}

static int add_frame(Dwfl_Frame *frame, void *arg)
{
    Dwarf_Addr place;

    (void)arg;
    if (session.n == MAX_FRAMES || !dwfl_frame_pc(frame, &place, NULL) || place == 0)
        return DWARF_CB_ABORT;
    session.places[session.n++] = place - 1; /* in the call, not after it */
    return DWARF_CB_OK;
}

static const char *function_at(Dwarf_Addr place)
{
    Dwfl_Module *module = dwfl_addrmodule(session.dwfl, place);
    const char *name = module ? dwfl_module_addrname(module, place) : NULL;

    return name ? name : "?";
}

static const char *source_at(Dwarf_Addr place, int *line_out)
{
    Dwfl_Module *module = dwfl_addrmodule(session.dwfl, place);
    Dwfl_Line *line = module ? dwfl_module_getsrc(module, place) : NULL;

    return line ? dwfl_lineinfo(line, NULL, line_out, NULL, NULL, NULL) : NULL;
}

/* A parked task stands in one of the library's switches, in sys/switch_*.h: that tells where the
 * sources of cede lay there. */
static void find_sources(Dwarf_Addr innermost)
{
    int line;
    const char *path = source_at(innermost, &line);
    const char *tail = path ? strstr(path, "sys/switch_") : NULL;

    if (tail)
        snprintf(session.sources, sizeof session.sources, "%.*s", (int)(tail - path), path);
}

static bool is_public(const char *function)
{
    return strncmp(function, "cede_", 5) == 0 && function[5] != '_';
}

/* Of the library, and not of its interface. */
static bool is_inside(Dwarf_Addr place)
{
    const char *function = function_at(place);
    int line;
    const char *path = source_at(place, &line);

    if (is_public(function))
        return false;
    return strncmp(function, "cede__", 6) == 0 ||
           (session.sources[0] && path &&
            strncmp(path, session.sources, strlen(session.sources)) == 0);
}

/* Of the library's frames on top only the one that was called is of interest. */
static size_t first_shown(void)
{
    size_t first = 0, i;

    for (i = 0; i < session.n; i++) {
        if (is_public(function_at(session.places[i])))
            first = i + 1;
        else if (!is_inside(session.places[i]))
            break;
    }
    return first > 0 ? first - 1 : i;
}

static void print_frame(Dwarf_Addr place, int indent)
{
    const char *function = function_at(place);
    int line = 0;
    const char *path = source_at(place, &line);

    printf("%*s%.*s", indent, "", (int)strcspn(function, ".@"), function);
    if (path && !is_public(function))
        printf(" at %s:%d", strrchr(path, '/') ? strrchr(path, '/') + 1 : path, line);
    printf("\n");
}

void remote_stack_print(const struct remote_task *task, int indent)
{
    struct cede__coro coro;

    if (!session.dwfl || !task->task.ready.waiter || task->is_running ||
        !remote_read(session.pid, (uintptr_t)task->task.ready.coro, &coro, sizeof coro))
        return;
    session.at = cede__context_where(&coro.context);
    session.n = 0;
    (void)dwfl_getthread_frames(session.dwfl, 1, add_frame, NULL);
    if (session.n > 0 && !session.sources[0])
        find_sources(session.places[0]);
    for (size_t i = first_shown(); i < session.n; i++) {
        if (!is_inside(session.places[i]))
            print_frame(session.places[i], indent);
    }
}

#endif
