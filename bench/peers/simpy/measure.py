"""measure.py - the line of the result, as bench.h prints it, for the simulations of SimPy."""
# SPDX-License-Identifier: MIT
import json
import sys


def count():
    return int(sys.argv[1])


def result(bench, spent):
    print(json.dumps({"bench": bench, "subject": "simpy", "unit": "ns", "value": spent / count()}))
