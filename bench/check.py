"""check.py - run a measured program with a small count and check that it prints what bench/run reads.

usage: check.py FILE COUNT COMMAND...        FILE as the program's source is called, without its ending
"""
# SPDX-License-Identifier: MIT
import subprocess
import sys

import benches


def main():
    file, count, command = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    bench = next(bench for bench in benches.BENCHES if bench.file == file)
    output = subprocess.run(command + [str(count), *bench.arguments], check=True, text=True, stdout=subprocess.PIPE).stdout
    line = benches.read_result(output, bench, "cede")
    if bench.measure == "cpu":
        assert line["done"] == count, line
    else:
        assert line["value"] > 0, line


main()
