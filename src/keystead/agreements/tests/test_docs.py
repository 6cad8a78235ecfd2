"""The examples in the docstrings hold."""

from __future__ import annotations

import doctest
import pkgutil
import sys

import pytest

import keystead.agreements.calc
import keystead.agreements.calc.conformance
import keystead.agreements.calc.evaluate
from keystead.agreements.calc import (
    accrual,
    allocation,
    claims,
    earn,
    funds,
    gates,
    goods,
    growth,
    hashing,
    invoice,
    limits,
    mix,
    payment,
    periods,
    prices,
    projection,
    protection,
    settlement,
    stacking,
    tiers,
    trace,
    written,
)
from keystead.agreements.rules import tiers as rules_tiers

MODULES = [
    accrual, allocation, claims, earn, funds, gates, goods, growth, hashing, invoice, limits, mix, payment,
    periods, prices, projection, protection, settlement, stacking, tiers, trace, written,
]  # fmt: skip


@pytest.mark.parametrize("module", [*MODULES, rules_tiers], ids=lambda module: module.__name__)
def test_examples_in_docstrings(module: object) -> None:
    found = doctest.testmod(module)  # type: ignore[arg-type]
    assert found.failed == 0
    assert found.attempted


def test_every_file_with_an_example_is_run() -> None:
    folder = keystead.agreements.calc
    here = {
        name
        for _, name, package in pkgutil.iter_modules(folder.__path__, f"{folder.__name__}.")
        if not package
        and name in sys.modules
        and ">>>" in "".join(
            str(getattr(item, "__doc__", "")) for item in vars(sys.modules[name]).values()
            if getattr(item, "__module__", "") == name
        )
    }  # fmt: skip
    assert here == {module.__name__ for module in MODULES}
