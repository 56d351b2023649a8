"""pool_process_large.py - concurrent.futures: a mebibyte in and out for a ProcessPoolExecutor of two, each with its future."""
# SPDX-License-Identifier: MIT
import concurrent.futures
import json
import sys
import time

SIZE = 1 << 20


def body(data):
    return data  # cheaper for it than a copy, which the others make


def main():
    count = int(sys.argv[1])
    data = bytes(number * 7 % 256 for number in range(SIZE))
    with concurrent.futures.ProcessPoolExecutor(2) as pool:
        start = time.monotonic_ns()
        futures = [pool.submit(body, data) for _ in range(count)]
        for index, future in enumerate(futures):
            assert len(future.result()) == SIZE
            futures[index] = None  # or all results would be kept
        spent = time.monotonic_ns() - start
    print(json.dumps({"bench": "pool.process.large", "subject": "cpython", "unit": "us",
                      "value": spent / 1e3 / count}))


if __name__ == "__main__":
    main()
