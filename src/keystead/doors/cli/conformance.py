"""``keystead conformance FILE...``: worked examples of the field against the very functions we use.

A case is ``{id, kind (or input.calc), input, expected}``. Each room gives its adapters as
``CONFORMANCE`` in ``calc/conformance.py``: kind to a function from the input to the answer. The
answer is there before the expected value is looked at, and an input field that no adapter read
is named as unknown.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import click

from keystead.agreements.calc.conformance import CONFORMANCE as AGREEMENTS
from keystead.campaigns.calc.conformance import CONFORMANCE as CAMPAIGNS
from keystead.forecasting.calc.conformance import CONFORMANCE as FORECASTING
from keystead.kernel.errors import KeysteadError, SourceProblem
from keystead.metrics.calc.conformance import CONFORMANCE as METRICS
from keystead.negotiation.calc.conformance import CONFORMANCE as NEGOTIATION
from keystead.profitability.calc.conformance import CONFORMANCE as PROFITABILITY

Adapter = Callable[[Mapping[str, Any]], Mapping[str, Any]]
ADAPTERS: dict[str, Adapter] = {
    **METRICS,
    **AGREEMENTS,
    **PROFITABILITY,
    **CAMPAIGNS,
    **FORECASTING,
    **NEGOTIATION,
}
# A number (not text) in a file is compared to four decimals, as the files say of themselves.
CLOSE = Decimal("0.0001")


class Given(Mapping[str, Any]):
    """An input that remembers which of its fields were read."""

    def __init__(self, values: Mapping[str, Any], path: str = "") -> None:
        self._values = {key: _given(value, f"{path}{key}") for key, value in values.items()}
        self._path = path
        self._read: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        value = self._values[key]
        self._read.add(key)
        return value

    def __contains__(self, key: object) -> bool:
        return key in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def unread(self) -> list[str]:
        """Return the paths of the fields that nobody looked at."""
        found = []
        for key, value in self._values.items():
            if key not in self._read:
                found.append(f"{self._path}{key}")
            else:
                found += _unread(value)
        return found


def _given(value: Any, path: str) -> Any:
    if isinstance(value, Mapping):
        return Given(value, f"{path}.")
    if isinstance(value, list):
        return [_given(item, f"{path}.{index}") for index, item in enumerate(value)]
    return value


def _unread(value: Any) -> list[str]:
    if isinstance(value, Given):
        return value.unread()
    if isinstance(value, list):
        return [path for item in value for path in _unread(item)]
    return []


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.pass_context
def conformance(ctx: click.Context, files: tuple[Path, ...]) -> None:
    """Run worked examples FILES: each that fails with its reason, then how many passed."""
    passed = failed = 0
    for file in files:
        for case in read_cases(file):
            faults = check(case)
            if faults:
                failed += 1
                click.echo(f"{case.get('id', '(no id)')}: {'; '.join(faults)}")
            else:
                passed += 1
    click.echo(f"{passed} passed, {failed} failed")
    if failed:
        ctx.exit(3)


def read_cases(file: Path) -> list[dict[str, Any]]:
    """Return the cases of a file; raises SourceProblem where there are none to run."""
    try:
        held = json.loads(file.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except (OSError, UnicodeDecodeError) as error:
        raise SourceProblem(f"{file} cannot be read: {error}", file=str(file)) from error
    except json.JSONDecodeError as error:
        raise SourceProblem(
            f"{file} is not JSON: {error.msg}.", file=str(file), row=error.lineno
        ) from error
    cases = held.get("examples") if isinstance(held, dict) else held
    if not isinstance(cases, list) or not all(isinstance(case, dict) for case in cases):
        cases = []
    if not cases:
        raise SourceProblem(
            f"{file} holds no worked examples.",
            file=str(file),
            hint="A list under `examples`, each with id, kind (or input.calc), input, expected.",
        )
    return cases


def check(case: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with our answer to a case; nothing when it agrees."""
    given = case.get("input")
    if not isinstance(given, Mapping):
        return ["it has no input"]
    values = Given(given)
    kind = case.get("kind") or values.get("calc")
    adapter = ADAPTERS.get(str(kind))
    if adapter is None:
        return [f"unknown kind {kind!r}"]
    answer = _answer(adapter, values)
    if isinstance(answer, str):
        return [answer]
    unread = values.unread()
    if unread:
        return [f"unknown field {path}" for path in unread]
    if not case.get("expected"):
        return ["it expects nothing"]
    return _differences(case["expected"], answer, "", _tolerance(case))


def _answer(adapter: Adapter, values: Given) -> Mapping[str, Any] | str:
    try:
        return adapter(values)
    except KeyError as error:
        return f"field {error.args[0]} is missing"
    except KeysteadError as error:
        return {"error": error.code}
    except (TypeError, ValueError, AttributeError, ArithmeticError) as error:
        return f"it cannot be computed: {type(error).__name__} {error}"  # told, case by case


def _tolerance(case: Mapping[str, Any]) -> Decimal | None:
    words = str(case.get("tolerance") or "").split()
    return _number(words[0]) if words else None


def _differences(expected: Any, found: Any, path: str, tolerance: Decimal | None) -> list[str]:
    if isinstance(expected, Mapping):
        if not isinstance(found, Mapping):
            return [f"{path}: expected fields, got {found}"]
        faults = []
        for key, value in expected.items():
            if key not in found:
                faults.append(f"unknown expected field {path}{key} (answer: {_shown(found)})")
            else:
                faults += _differences(value, found[key], f"{path}{key}.", tolerance)
        return faults
    if isinstance(expected, list):
        if not isinstance(found, list | tuple) or len(found) != len(expected):
            return [f"{path[:-1]}: expected {_shown(expected)}, got {_shown(found)}"]
        pairs = enumerate(zip(expected, found, strict=True))
        return [f for i, (e, g) in pairs for f in _differences(e, g, f"{path}{i}.", tolerance)]
    if _same(expected, found, tolerance):
        return []
    return [f"{path[:-1]}: expected {expected}, got {_shown(found)}"]


def _same(expected: Any, found: Any, tolerance: Decimal | None) -> bool:
    if isinstance(expected, bool) or isinstance(found, bool) or expected is None:
        return expected is found
    if isinstance(found, date):
        return bool(expected == found.isoformat())
    left, right = _number(expected), _number(found)
    if left is None or right is None:
        return str(expected) == str(found)
    allowed = tolerance or (Decimal(0) if isinstance(expected, str) else CLOSE)
    return abs(left - right) <= allowed


def _number(value: Any) -> Decimal | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_shown(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_shown(item) for item in value) + "]"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
