"""The examples in the docstrings of the pure files run."""

from __future__ import annotations

import doctest
import pkgutil
import sys

import pytest

import keystead.negotiation.commands  # noqa: F401  loads every module that the commands use
from keystead.negotiation import calc
from keystead.negotiation.calc import concessions, conformance, privacy, stored  # noqa: F401
from keystead.negotiation.calc.plans import signing, working  # noqa: F401
from keystead.negotiation.calc.plans import stored as plans_stored  # noqa: F401
from keystead.negotiation.calc.votes import power  # noqa: F401

NAMES = sorted(
    found.name
    for found in pkgutil.walk_packages(calc.__path__, f"{calc.__name__}.")
    if found.name in sys.modules
)


@pytest.mark.parametrize("name", NAMES)
def test_examples_in_docstrings(name: str) -> None:
    assert doctest.testmod(sys.modules[name]).failed == 0


def test_every_module_is_loaded() -> None:
    every = {found.name for found in pkgutil.walk_packages(calc.__path__, f"{calc.__name__}.")}
    assert every == set(NAMES)
