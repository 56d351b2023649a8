"""measure.py - the line of the result, as bench.h prints it, for the Python programs that measure generators."""
# SPDX-License-Identifier: MIT
import json
import sys


def count():
    return int(sys.argv[1])


def result(bench, spent):
    print(json.dumps({"bench": bench, "subject": "cpython", "unit": "ns", "value": spent / count()}))
