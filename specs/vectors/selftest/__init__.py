"""Tests of check.py itself: published values, own instances in the format of the files, and their mutations."""
