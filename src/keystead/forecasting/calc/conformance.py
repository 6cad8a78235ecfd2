"""Worked examples of the field about forecast error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from keystead.forecasting.calc.accuracy import mape_pct, wape_pct
from keystead.forecasting.calc.accuracy import rmsse as scaled_error
from keystead.kernel.exact import exact, round_half_up


def forecast_error(given: Mapping[str, Any]) -> Mapping[str, Any]:
    actual, forecast = _series(given, "actual"), _series(given, "forecast")
    return {
        "mape_pct": _rounded(mape_pct(actual, forecast), 2),
        "wape_pct": _rounded(wape_pct(actual, forecast), 2),
    }


def rmsse(given: Mapping[str, Any]) -> Mapping[str, Any]:
    history, actual = _series(given, "history"), _series(given, "actual")
    return {"rmsse": _rounded(scaled_error(history, actual, _series(given, "forecast")), 4)}


def _series(given: Mapping[str, Any], name: str) -> list[Decimal]:
    return [exact(value) for value in given[name]]


def _rounded(value: Decimal | None, places: int) -> Decimal | None:
    return None if value is None else round_half_up(value, places)


CONFORMANCE: Final[dict[str, Callable[[Mapping[str, Any]], Mapping[str, Any]]]] = {
    "forecast_error": forecast_error,
    "rmsse": rmsse,
}
