# SPDX-License-Identifier: MIT
"""gdb commands for programs that use cede, alive or from a core file.

    (gdb) source tools/gdb/cede.py
    (gdb) info cede-tasks          every unfinished task of every loop, numbered: what it waits for, and who has that
    (gdb) cede-backtrace 3         the stack of task 3; `all` for every one

They need the debug information of libcede, and only read. For the stack of a parked task an unwinder tells gdb that the selected
thread was called from where the task is parked; gdb then walks on by itself, as through any stack. What runs is shown by its thread.
"""

import re

import gdb
import gdb.unwinder

REGISTERS = {"i386:x86-64": ("rsp", "rbp", "rip"), "aarch64": ("sp", "x29", "pc")}

LOOP_NUMBER_BITS = 40  # as in src/loop/loop.h


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


def walk_tasks():
    """Each task, and whether it runs."""
    loops = gdb.lookup_static_symbol("live_loops") or gdb.lookup_global_symbol("live_loops")
    if not loops:
        raise gdb.GdbError("no debug information of libcede")
    for loop in members(loops.value(), "struct cede_loop", "live"):
        for task in members(loop["tasks"], "struct cede_task", "link"):
            yield task, task["ready"].address == loop["current"]
        # Those in their first turn, or before it, are on no list yet.
        for node in ready(loop):
            task = container(node, "struct cede_task", "ready")
            if (node == loop["current"] or node["coro"]) and not task["coro"]["is_listed"]:
                yield task, node == loop["current"]


def name_of(task):
    return "task '%s'" % task["coro"]["site"]["name"].string()


class Tasks:
    """All tasks, and what each waits for, as far as that can be seen without calling anything."""

    def __init__(self):
        self.all = list(walk_tasks())
        self.by_place = {}  # by the addresses of the task and of its future
        self.by_number = {}
        for task, _ in self.all:
            self.by_place[int(task.address)] = self.by_place[int(task["future"].address)] = task
            if task["coro"]["is_listed"]:
                self.by_number[int(task["number"])] = task
        self.char = gdb.lookup_type("char").pointer()

    def takers(self, kind, sync):
        """Who took of the object last: their numbers stand in it."""
        numbers = (sync.cast(self.char) + int(kind["at"])).cast(gdb.lookup_type("unsigned long").pointer())
        for i in range(int(kind["n"])):
            if not numbers[i]:
                return
            yield self.name_numbered(int(numbers[i]))

    def name_numbered(self, number):
        """A number without that of a loop is a thread's."""
        if number >> LOOP_NUMBER_BITS == 0:
            return "thread %d" % number
        task = self.by_number.get(number)
        return name_of(task) if task else "a task that has ended"

    def name_owner(self, owner):
        """An odd one is a thread's number twice."""
        if owner & 1:
            return "thread %d" % (owner >> 1)
        task = self.by_place.get(owner)
        return name_of(task) if task else "a task that has ended"

    def future_awaited(self, waiter, kind):
        place = waiter.cast(self.char) + int(kind["future_at"])
        future = place.cast(gdb.lookup_type("void").pointer().pointer()).dereference()
        task = self.by_place.get(int(future))
        return name_of(task) if task else "a future"

    def awaited(self, waiter):
        kind = waiter["kind"].dereference()
        text = kind["noun"].string() if kind["noun"] else "something"
        look = str(kind["look"])
        if look == "CEDE__LOOK_FUTURE":
            return self.future_awaited(waiter, kind)
        if look not in ("CEDE__LOOK_SYNC", "CEDE__LOOK_OWNED"):
            return text
        sync = waiter.cast(gdb.lookup_type("struct cede__spot").pointer())["sync"]
        if sync["name"]:
            text += " '%s'" % sync["name"].string()
        owner = sync.cast(gdb.lookup_type("struct cede__owned").pointer())["owner"] if look == "CEDE__LOOK_OWNED" else 0
        if owner:
            text += " held by " + self.name_owner(int(owner))
        takers = ", ".join(self.takers(kind["takers"], sync)) if kind["takers"]["word"] else ""
        return "%s %s %s" % (text, kind["takers"]["word"].string(), takers) if takers else text

    def describe(self, task, runs):
        site = task["coro"]["site"]
        if runs:
            state = "running"
        elif task["ready"]["waiter"]:
            state = "parked, waits for " + self.awaited(task["ready"]["waiter"])
        else:
            state = "ready"
        return "'%s' at %s:%d, %s" % (site["name"].string(), site["file"].string(), int(site["line"]), state)


class InfoTasks(gdb.Command):
    """List every unfinished task of every cede loop."""

    def __init__(self):
        super().__init__("info cede-tasks", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        tasks = Tasks()
        for number, (task, runs) in enumerate(tasks.all):
            gdb.write("%3d  %s\n" % (number, tasks.describe(task, runs)))


class FrameId:
    def __init__(self, sp, pc):
        self.sp = sp
        self.pc = pc


class ParkedUnwinder(gdb.unwinder.Unwinder):
    """While `places` is set: the innermost frame of the selected thread was called from there."""

    def __init__(self):
        super().__init__("cede-parked")
        self.places = None
        self.innermost = None

    def __call__(self, pending_frame):
        if self.places is None:
            return None
        names = REGISTERS[pending_frame.architecture().name()]
        if int(pending_frame.read_register(names[0])) != self.innermost:
            return None
        word = gdb.lookup_type("unsigned long")
        # Callers lie above those they call: gdb takes a stack for corrupt where they do not.
        info = pending_frame.create_unwind_info(FrameId(gdb.Value(self.places[0] - 256).cast(word), gdb.Value(self.places[2]).cast(word)))
        for name, place in zip(names, self.places):
            info.add_saved_register(name, gdb.Value(place).cast(word))
        return info

    def backtrace(self, context):
        names = REGISTERS.get(gdb.selected_frame().architecture().name())
        if not names:
            raise gdb.GdbError("parked stacks of this processor are not known here")
        gdb.execute("frame 0", to_string=True)
        self.innermost = int(gdb.parse_and_eval("(unsigned long)$" + names[0]))
        self.places = [int(context[word].cast(gdb.lookup_type("unsigned long"))) for word in ("sp", "fp", "pc")]
        try:
            gdb.invalidate_cached_frames()
            frame, n_own = gdb.newest_frame(), 1
            while frame.type() == gdb.INLINE_FRAME:
                frame, n_own = frame.older(), n_own + 1
            text = gdb.execute("backtrace", to_string=True)
        finally:
            self.places = None
            gdb.invalidate_cached_frames()
        # Without the thread's own innermost frame, and what is inlined there.
        callers = text[text.find("\n#%d " % n_own) + 1 :]
        return re.sub(r"(?m)^#(\d+) ( ?)", lambda frame: "#%-3d" % (int(frame.group(1)) - n_own), callers)


def thread_backtrace(task):
    """The stack of the thread that stands on the task's; None if there is none."""
    low, high = (int(place.cast(gdb.lookup_type("unsigned long"))) for place in (task["coro"]["stack"]["low"], task.address))
    before = gdb.selected_thread()
    try:
        for thread in gdb.selected_inferior().threads():
            thread.switch()
            if low <= int(gdb.parse_and_eval("(unsigned long)$sp")) < high:
                return gdb.execute("backtrace", to_string=True)
    finally:
        before.switch()
    return None


class Backtrace(gdb.Command):
    """Print the stack of a task: cede-backtrace NUMBER | all, as numbered by `info cede-tasks`."""

    def __init__(self):
        super().__init__("cede-backtrace", gdb.COMMAND_STACK)

    def invoke(self, argument, from_tty):
        tasks = Tasks()
        if argument != "all" and not (argument.isdigit() and int(argument) < len(tasks.all)):
            raise gdb.GdbError("which task? cede-backtrace NUMBER | all; there are %d" % len(tasks.all))
        for number, (task, runs) in enumerate(tasks.all):
            if argument != "all" and int(argument) != number:
                continue
            gdb.write("task %d  %s\n" % (number, tasks.describe(task, runs)))
            if runs:
                gdb.write(thread_backtrace(task) or "no thread stands on its stack: it has resumed a generator\n")
            elif task["ready"]["coro"]:
                gdb.write(unwinder.backtrace(task["ready"]["coro"]["context"]))


unwinder = ParkedUnwinder()
gdb.unwinder.register_unwinder(None, unwinder, replace=True)
InfoTasks()
Backtrace()
