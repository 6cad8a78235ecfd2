"""What the sender says a file sums to, against what it sums to."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from keystead.kernel.errors import Invalid
from keystead.ledger.rules.totals import Assertion, judge
from keystead.ledger.types.desk import Total


def verdicts(decisions: Mapping[str, Any], outcome: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return each assertion with what was found; the whole file counts, whatever its rows' state.

    Rows skipped as repeats count too: the sender summed all of them. ``difference`` is found
    minus expected, "0" when it holds, "?" where currencies would have to be added up.
    """
    totals = [
        Total(one["measure"], one["month"], one["currency"], Decimal(one["value"]), one["rows"])
        for one in outcome.get("totals", [])
    ]
    found = []
    for one in decisions.get("assertions", []):
        said = Assertion(one["measure"], Decimal(one["expected"]), one["currency"])
        try:
            verdict = judge(said, totals)
        except Invalid:
            found.append({**one, "found": "", "difference": "?"})
            continue
        difference = "0" if verdict.holds else f"{verdict.difference.normalize():f}"
        found.append({**one, "found": f"{verdict.found.normalize():f}", "difference": difference})
    return found
