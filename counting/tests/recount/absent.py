"""Stands in for packages that are imported by those that count, and not used for counting.

They draw, optimise and compile: some hundred megabytes. Importing them works; whoever calls anything of them fails, so
nothing is counted by what is not there.
"""

import sys
import types

ABSENT = [
    "gurobipy",
    "matplotlib",
    "matplotlib.pyplot",
    "nashpy",
    "ortools",
    "ortools.linear_solver",
    "pandas",
    "pulp",
    "scipy",
    "scipy.optimize",
]


class Absent(types.ModuleType):
    """A module, or anything of it."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Absent(f"{self.__name__}.{name}")

    def __call__(self, *_, **__):
        raise RuntimeError(f"{self.__name__} is not installed, and needed after all")


def jit(function=None, **_):
    """What numba compiles runs as it is written."""
    return function if function is not None else jit


def stand_in():
    for name in ABSENT:
        sys.modules[name] = Absent(name)
    sys.modules["numba"] = Absent("numba")
    sys.modules["numba"].jit = jit
