# SPDX-License-Identifier: MIT
"""What scripts/lint checks by reading the sources: a rule is a function from a Tree to findings."""
