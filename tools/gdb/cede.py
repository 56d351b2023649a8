# SPDX-License-Identifier: MIT
"""gdb commands for programs that use cede.

    (gdb) source tools/gdb/cede.py
    (gdb) info cede-tasks          every unfinished task of every loop, numbered
    (gdb) cede-backtrace 3         the stack of task 3, as if it ran; `all` for every parked one

They need the debug information of libcede and a process that can be stopped; of a core file the tasks are shown, but no stacks:
gdb cannot set the registers of one. While a stack is shown the registers of the selected thread are those of the parked task;
they are put back afterwards.
"""

import gdb


def container(pointer, type_name, member):
    """The struct of `type_name` whose member is pointed to."""
    struct = gdb.lookup_type(type_name)
    offset = next(field.bitpos // 8 for field in struct.fields() if field.name == member)
    return (pointer.cast(gdb.lookup_type("char").pointer()) - offset).cast(struct.pointer()).dereference()


def members(head, type_name, member):
    """The structs of `type_name` on an intrusive list, by the member that links them."""
    link = head["next"]
    while link != head.address:
        yield container(link, type_name, member)
        link = link["next"]


def ready(loop):
    """The ready queue, after what runs now."""
    if loop["current"]:
        yield loop["current"]
    node = loop["ready_first"]
    while node:
        yield node
        node = node["next"] if node["next"].address != loop["ready_end"] else None


def all_tasks():
    loops = gdb.lookup_static_symbol("live_loops") or gdb.lookup_global_symbol("live_loops")
    if not loops:
        raise gdb.GdbError("no debug information of libcede")
    for loop in members(loops.value(), "struct cede_loop", "live"):
        yield from members(loop["tasks"], "struct cede_task", "link")
        # Those in their first turn, or before it, are on no list yet.
        for node in ready(loop):
            task = container(node, "struct cede_task", "ready")
            if (node == loop["current"] or node["coro"]) and not task["coro"]["is_listed"]:
                yield task


def describe(task):
    site = task["coro"]["site"]
    state = "parked" if task["ready"]["waiter"] else "running or ready"
    waiter = task["ready"]["waiter"]
    if waiter:
        noun = waiter["kind"]["noun"]
        state += ", waits for " + (noun.string() if noun else "something")
    return "'%s' at %s:%d, %s" % (site["name"].string(), site["file"].string(), int(site["line"]), state)


class InfoTasks(gdb.Command):
    """List every unfinished task of every cede loop."""

    def __init__(self):
        super().__init__("info cede-tasks", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        for number, task in enumerate(all_tasks()):
            gdb.write("%3d  %s\n" % (number, describe(task)))


class Backtrace(gdb.Command):
    """Print the stack of a parked task: cede-backtrace NUMBER | all, as numbered by `info cede-tasks`."""

    REGISTERS = {"i386:x86-64": ("rsp", "rbp", "rip"), "aarch64": ("sp", "x29", "pc")}

    def __init__(self):
        super().__init__("cede-backtrace", gdb.COMMAND_STACK)

    def invoke(self, argument, from_tty):
        tasks = list(all_tasks())
        if argument != "all" and not (argument.isdigit() and int(argument) < len(tasks)):
            raise gdb.GdbError("which task? cede-backtrace NUMBER | all; there are %d" % len(tasks))
        for number, task in enumerate(tasks):
            if argument != "all" and int(argument) != number:
                continue
            gdb.write("task %d  %s\n" % (number, describe(task)))
            if task["ready"]["waiter"]:
                self.show(task["ready"]["coro"]["context"])
            elif argument != "all":
                gdb.write("it is not parked: its stack is a thread's, or the program's ready queue has it\n")

    def show(self, context):
        names = self.REGISTERS.get(gdb.selected_frame().architecture().name())
        if not names:
            raise gdb.GdbError("parked stacks of this processor are not known here")
        gdb.execute("frame 0", to_string=True)
        before = [int(gdb.parse_and_eval("$" + name).cast(gdb.lookup_type("unsigned long"))) for name in names]
        places = [int(context[word].cast(gdb.lookup_type("unsigned long"))) for word in ("sp", "fp", "pc")]
        try:
            self.set_registers(names, places)
            gdb.write(gdb.execute("backtrace", to_string=True))
        finally:
            self.set_registers(names, before)

    def set_registers(self, names, values):
        for name, value in zip(names, values):
            gdb.execute("set $%s = %d" % (name, value), to_string=True)


InfoTasks()
Backtrace()
