"""iter_pipeline.py - sum(map(filter(range))): the odd numbers, each times three, a number of the range."""
# SPDX-License-Identifier: MIT
import json
import sys
import time


def main():
    count = int(sys.argv[1])
    start = time.monotonic_ns()
    total = sum(map(lambda x: 3 * x, filter(lambda x: x & 1, range(count))))
    end = time.monotonic_ns()
    if total != 3 * (count // 2) ** 2:
        sys.exit("failed: sum")
    print(json.dumps({"bench": "iter.pipeline", "subject": "cpython", "unit": "ns", "value": (end - start) / count}))


if __name__ == "__main__":
    main()
