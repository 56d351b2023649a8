#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The models of examples/simulation beside the same models for SimPy: those without random numbers print the same lines;
of the others, the 99.9 % confidence intervals of the figures overlap. All seeds are fixed: it passes always or never."""

import math
import os
import statistics
import subprocess
import unittest

import models

EXAMPLES = os.path.join(os.environ["CEDE_EXAMPLES"], "simulation")
QUANTILE = 3.3  # of a normal distribution; with 40 runs and more, Student's is little wider


def printed(name, *arguments):
    """The lines that an example prints."""
    run = subprocess.run([os.path.join(EXAMPLES, name), *arguments], capture_output=True, text=True, timeout=600, check=True)
    return run.stdout.splitlines()


def interval(values):
    """The confidence interval of a mean."""
    half = QUANTILE * statistics.stdev(values) / math.sqrt(len(values))
    return statistics.mean(values) - half, statistics.mean(values) + half


def told(name):
    """Its story: the lines without the last, which is about the trace."""
    *lines, trace = printed(name)
    assert trace.split()[1:3] == ["records,", "trace"], trace
    return lines


class Stories(unittest.TestCase):
    """Without random numbers the lines are equal."""

    def test_charging_station(self):
        self.assertEqual(told("charging_station"), models.charging_station())

    def test_cable(self):
        self.assertEqual(told("cable"), models.cable())

    def test_broadcast(self):
        self.assertEqual(told("broadcast"), models.broadcast())


class Figures(unittest.TestCase):
    """Of random ones the intervals overlap."""

    def compare(self, model, ours, theirs):
        lines = printed(model.__name__, str(ours))
        mine = [tuple(map(float, line.split())) for line in lines]
        peer = [model(seed) for seed in range(1, theirs + 1)]
        self.assertEqual(len(mine), ours)
        for which in range(2):
            a = interval([figures[which] for figures in mine])
            b = interval([figures[which] for figures in peer])
            self.assertLess(max(a[0], b[0]), min(a[1], b[1]), f"figure {which}: {a} and SimPy's {b} do not overlap")

    def test_bank(self):
        self.compare(models.bank, 1000, 400)

    def test_car_wash(self):
        self.compare(models.car_wash, 1000, 100)

    def test_machine_shop(self):
        self.compare(models.machine_shop, 200, 40)

    def test_theatre(self):
        self.compare(models.theatre, 1000, 150)

    def test_petrol_station(self):
        self.compare(models.petrol_station, 1000, 40)


if __name__ == "__main__":
    unittest.main()
