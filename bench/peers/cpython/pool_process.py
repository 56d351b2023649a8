"""pool_process.py - concurrent.futures: small jobs for a ProcessPoolExecutor of two, each with its future."""
# SPDX-License-Identifier: MIT
import concurrent.futures
import json
import sys
import time


def body(number):
    return number + 1


def main():
    count = int(sys.argv[1])
    with concurrent.futures.ProcessPoolExecutor(2) as pool:
        for future in [pool.submit(body, number) for number in range(2)]:  # starting is not measured
            future.result()
        start = time.monotonic_ns()
        futures = [pool.submit(body, number) for number in range(count)]
        total = sum(future.result() for future in futures)
        spent = time.monotonic_ns() - start
    assert total == count * (count + 1) // 2
    print(json.dumps({"bench": "pool.process", "subject": "cpython", "unit": "us",
                      "value": spent / 1e3 / count}))


if __name__ == "__main__":
    main()
