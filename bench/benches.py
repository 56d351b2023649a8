"""benches.py - the benchmarks: what each measures, in what amounts, the goal, and where the subjects' programs are."""
# SPDX-License-Identifier: MIT
import dataclasses
import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


@dataclasses.dataclass
class Goal:
    """At most `limit` times the median of `peer`, a subject or a benchmark of cede's that runs beside; without one, at
    most `limit`."""
    limit: float
    peer: str = ""


@dataclasses.dataclass
class Bench:
    name: str
    what: str
    unit: str
    count: int          # operations a run
    goal: Goal = None
    measure: str = "value"  # value: the program says; cpu: CPU seconds of the process; wall: seconds it took
    runs: int = 7       # runs that count
    warm_up: int = 1    # runs before those
    slow_count: int = 0   # operations a run of the subjects in SLOW; 0: as many as the others
    slow_runs: int = 0    # the runs of those; 0: as many as the others
    source: str = ""      # what the programs are called; default: the name, with _ for each dot
    peers: str = ""       # the benchmark whose peers serve here too; default: its own
    size: str = ""        # the programs' second argument
    beside: str = ""      # a benchmark whose cede is measured in the same turns
    shared: bool = False  # cede with the shared library takes part too

    @property
    def file(self):
        return self.source or self.name.replace(".", "_")

    @property
    def arguments(self):
        return [self.size] if self.size else []


SLOW = {"asyncio", "uvloop", "cpython", "simpy", "tqdm"}  # two orders of magnitude slower than the rest

BENCHES = [
    Bench("switch.yield", "two tasks give way to each other, a switch", "ns", 5_000_000,
          Goal(0.25, "state-threads"), slow_count=100_000),
    Bench("task.spawn", "spawn, run, finish, in batches of 1,000, a task", "ns", 2_000_000,
          Goal(0.35, "state-threads"), slow_count=50_000),
    Bench("task.blocked", "1,000 parked at once, released, joined, a task", "ns", 2_000_000,
          Goal(0.55, "state-threads"), slow_count=50_000),
    Bench("task.eager", "spawn eagerly, run, finish, join, one by one, a task", "ns", 2_000_000, beside="task.spawn"),
    Bench("task.local", "spawn, inherit three task-local values, read one, finish, in batches of 1,000, a task", "ns",
          2_000_000, beside="task.spawn", slow_count=50_000),
    Bench("task.memory", "1,000,000 tasks asleep: resident and page tables, a task", "bytes", 1_000_000,
          Goal(4300), runs=3, warm_up=0, slow_runs=1),
    Bench("dump", "cede_dump of 100,000 parked tasks, with their stacks", "ms", 100_000, Goal(1000), runs=3, warm_up=0),
    Bench("timer.million", "1,000,000 random sleeps of 0 to 2 s, CPU of the process", "s", 1_000_000,
          Goal(1.2, "go"), measure="cpu", runs=3, warm_up=0, slow_runs=1),
    Bench("pool.submit", "1,000,000 empty jobs for a pool of two threads, a job", "ns", 1_000_000,
          Goal(0.4, "glib"), slow_count=50_000),
    Bench("pool.map", "1,000,000 items mapped by two threads, each a job, in order, an item", "ns", 1_000_000,
          Goal(1, "tbb"), source="pool_map", size="1"),
    Bench("pool.map.64", "the same, 64 items to a job, an item", "ns", 1_000_000,
          Goal(1, "tbb"), source="pool_map", size="64"),
    Bench("parallel.for", "the sum of 100,000,000 numbers by all processors", "ms", 100_000_000,
          Goal(1.05, "openmp or tbb")),
    Bench("parallel.grain1", "a loop of 10,000,000 rounds, handed out one by one", "ms", 10_000_000,
          Goal(1, "tbb")),
    Bench("pool.process", "100,000 small jobs for a pool of two processes, a job", "us", 100_000,
          Goal(0.1, "cpython"), slow_count=20_000),
    Bench("pool.process.large", "1,000 jobs of 1 MiB in and out for two processes, a job", "us", 1_000,
          Goal(0.33, "cpython"), runs=5, slow_count=300),
    Bench("sync.pingpong", "a number to and fro through two queues of one place, a round trip", "ns", 3_000_000,
          Goal(0.6, "state-threads"), slow_count=30_000),
    Bench("sync.contended", "100 tasks take turns with one lock, an acquire", "ns", 3_000_000,
          Goal(0.3, "go"), slow_count=50_000),
    Bench("gen.fib", "a generator yields numbers of Fibonacci, an item", "ns", 20_000_000,
          Goal(0.5, "boost-fcontext"), shared=True, slow_count=1_000_000),
    Bench("gen.fib.inline", "the same, the crossings compiled in by CEDE_INLINE, an item", "ns", 20_000_000,
          Goal(0.33, "boost-fcontext"), peers="gen.fib", slow_count=1_000_000),
    Bench("gen.send", "a number sent to a generator, a sum back, a round trip", "ns", 20_000_000,
          Goal(1.3, "gen.fib"), beside="gen.fib", slow_count=1_000_000),
    Bench("gen.delegate.1", "a generator delegates to another, an item", "ns", 10_000_000,
          source="gen_delegate", size="1", slow_count=500_000),
    Bench("gen.delegate.10", "a chain of 10 delegate, an item", "ns", 10_000_000,
          Goal(1, "cpp20"), source="gen_delegate", size="10", slow_count=200_000),
    Bench("gen.delegate.100", "a chain of 100 delegate, an item", "ns", 5_000_000,
          Goal(1.2, "gen.delegate.1"), source="gen_delegate", size="100", beside="gen.delegate.1", slow_count=50_000),
    Bench("gen.create", "create, one item, destroy, a generator", "ns", 5_000_000,
          Goal(4, "cpp20"), slow_count=500_000),
    Bench("iter.pipeline", "sum(map(filter(range))), a number of the range", "ns", 10_000_000,
          Goal(1.5, "cpp20"), slow_count=1_000_000),
    Bench("sim.hold.1000", "1,000 processes of a simulation hold random times, a hold", "ns", 5_000_000,
          Goal(1 / 0.85, "callbacks"), source="sim_hold", size="1000", slow_count=200_000),
    Bench("sim.hold.100000", "the same, 100,000 of them", "ns", 5_000_000,
          Goal(1 / 0.35, "callbacks"), source="sim_hold", size="100000", slow_count=200_000, slow_runs=1),
    Bench("sim.mm1", "a queue with one server, put, get and two holds a customer", "ns", 1_000_000,
          Goal(1 / 55, "simpy"), slow_count=100_000),
    Bench("sim.trials.one-core", "100 runs of sim.mm1 as an experiment, in one thread", "s", 100_000_000,
          source="sim_trials", size="1", runs=3, warm_up=0),
    Bench("sim.trials", "the same in two threads", "s", 100_000_000,
          Goal(0.53, "sim.trials.one-core"), source="sim_trials", size="2", beside="sim.trials.one-core", runs=3, warm_up=0),
    Bench("sim.memory", "1,000,000 processes that hold: resident and page tables, a process", "bytes", 1_000_000,
          Goal(4300), runs=3, warm_up=0),
    Bench("progress.update", "a step counted on a bar that is drawn ten times a second, an update", "ns", 200_000_000,
          Goal(3, "floor"), slow_count=1_000_000),
    Bench("get.files", "20 files, each answered after 250 ms, the whole run", "s", 20,
          measure="wall", runs=5),
    Bench("http.get", "100,000 files of 1 KiB downloaded, 32 at a time, CPU of the client", "s", 100_000,
          Goal(0.75, "curl"), measure="download", runs=3),
    Bench("http.get.large", "20 files of 50 MiB downloaded and thrown away, the whole run", "s", 20,
          Goal(0.85, "curl"), measure="download"),
    Bench("http.serve", "13 bytes over 64 connections that stay open, CPU of the server a request", "us", 1,
          Goal(1.15, "nginx"), measure="serve", runs=5),
    Bench("http.idle", "10,000 connections that have asked once and stay open, memory of the server for each", "bytes",
          10_000, Goal(5000), measure="idle", runs=3, warm_up=0),
]

# The subjects in the order of the tables, and what to install for each, in Debian's names.
PACKAGES = {
    "cede": "",
    "cede-shared": "",
    "state-threads": "libst-dev",
    "boost-fcontext": "libboost-context-dev and g++",
    "boost-coroutine2": "libboost-context-dev and g++",
    "boost-fiber": "libboost-fiber-dev and g++",
    "libuv": "libuv1-dev",
    "go": "golang-go",
    "cpython": "python3",
    "asyncio": "python3",
    "uvloop": "python3-uvloop",
    "glib": "libglib2.0-dev",
    "tbb": "libtbb-dev and g++",
    "openmp": "",
    "cpp20": "g++",
    "curl": "curl",
    "aria2c": "aria2",
    "wget2": "wget2",
    "nginx": "nginx-light, wrk",
    "aiohttp": "python3-aiohttp",
    "tqdm": "python3-tqdm",
    "callbacks": "",
    "c-heap": "",
    "systemc": "libsystemc-dev and g++",
    "simpy": "python3-simpy3",
    "floor": "",
}


@dataclasses.dataclass
class Subject:
    name: str
    command: list  # the program and its first arguments
    missing: str = ""  # why it cannot run
    measures: Bench = None  # the benchmark that its program names, and whose size it is given
    alias: str = ""  # its name in the tables, if it is not the program's

    @property
    def label(self):
        return self.alias or self.name


def bench_of(name):
    return next(bench for bench in BENCHES if bench.name == name)


def python_for_peers():
    """Debian's packages are for Debian's Python; elsewhere the one that runs this."""
    return "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable


def python_has(module):
    return subprocess.run([python_for_peers(), "-c", f"import {module}"], stderr=subprocess.DEVNULL,
                          check=False).returncode == 0


def python_subject(name, source, measures=None):
    command = [python_for_peers(), "-B", str(source)]
    if source.parent.name == "asyncio":  # one program serves both loops
        command.append(name)
    module = name if name in ("uvloop", "aiohttp", "tqdm", "simpy") else "sys"
    return Subject(name, command, "" if python_has(module) else "not installed", measures)


def program_subject(name, build, measures, alias=""):
    program = build / "bench" / measures.file / name
    missing = "not built" if name.startswith("cede") else "not installed"
    return Subject(name, [str(program)], "" if program.exists() else missing, measures, alias)


def peer_subjects(bench, build):
    """Whoever has a program in peers/."""
    for source in sorted(HERE.glob(f"peers/*/{bench.file}.*")):
        name = source.parent.name
        if source.suffix != ".py":
            yield program_subject(name, build, bench)
            continue
        yield python_subject(name, source, bench)
        if name == "asyncio":
            yield python_subject("uvloop", source, bench)


def subjects(bench, build):
    """Who takes part: cede, what is measured beside it, and the peers."""
    found = []
    if (HERE / f"{bench.file}.c").exists():
        found.append(program_subject("cede", build, bench))
    if bench.shared:
        found.append(program_subject("cede-shared", build, bench))
    if bench.beside:
        found.append(program_subject("cede", build, bench_of(bench.beside), bench.beside))
    found += peer_subjects(bench_of(bench.peers) if bench.peers else bench, build)
    order = list(PACKAGES)
    return sorted(found, key=lambda subject: (order.index(subject.name), subject.alias))


def read_result(output, bench, subject):
    """The line of JSON that a measured program prints, checked to be about what was asked."""
    line = json.loads(output)
    if line["bench"] != bench.name or line["subject"] != subject:
        raise ValueError(f"a result of {line['bench']}, {line['subject']}")
    if line.get("unit", bench.unit) != bench.unit:
        raise ValueError(f"a result in {line['unit']}")
    return line
