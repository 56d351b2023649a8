"""progress_update.py - tqdm: a loop that counts each step on a bar, drawn into nothing."""
# SPDX-License-Identifier: MIT
import json
import sys
import time

import tqdm


def main():
    count = int(sys.argv[1])
    with open("/dev/null", "w", encoding="utf-8") as nowhere:
        bar = tqdm.tqdm(total=count, file=nowhere, ncols=80)
        start = time.monotonic_ns()
        for _ in range(count):
            bar.update()
        span = time.monotonic_ns() - start
        bar.close()
    print(json.dumps({"bench": "progress.update", "subject": "tqdm", "unit": "ns", "value": span / count}))


main()
