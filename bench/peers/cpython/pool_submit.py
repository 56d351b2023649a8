"""pool_submit.py - concurrent.futures: empty jobs for a ThreadPoolExecutor of two, each with its future."""
# SPDX-License-Identifier: MIT
import concurrent.futures
import json
import sys
import time


def body():
    return None


def main():
    count = int(sys.argv[1])
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        start = time.monotonic_ns()
        futures = [pool.submit(body) for _ in range(count)]
        for future in futures:
            future.result()
        spent = time.monotonic_ns() - start
    print(json.dumps({"bench": "pool.submit", "subject": "cpython", "unit": "ns",
                      "value": spent / count}))


main()
