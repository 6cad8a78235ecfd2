"""Findings of what leaves, in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from keystead.governance.types.outbound import Finding, Findings, Leak, Release, missing_of
from keystead.kit.office.place_words import place_words
from keystead.kit.office.places import parts_of

SAID = 5
WHY = {
    Leak.OTHER_ACCOUNT: gettext_lazy("name or code of another customer"),
    Leak.OTHER_FIGURE: gettext_lazy("figure that is not this customer's alone"),
    Leak.PRIVATE: gettext_lazy("only for us: mandate, walk-away or note"),
    Leak.INSIDE: gettext_lazy("marked as internal"),
    Leak.OPINION: gettext_lazy("what we think of a person"),
    Leak.PRICE_CONTROL: gettext_lazy("wording may fix resale prices"),
    Leak.RESALE_PRICE: gettext_lazy("resale prices are for us alone"),
    Leak.NO_APPROVAL: gettext_lazy("an approval is missing"),
    Leak.CAMPAIGN: gettext_lazy("campaign that nobody has approved"),
}


def finding_words(one: Finding) -> str:
    """Return a finding as a line: place, reason, the words that did it."""
    told = f"{place_words(one.place)}: {WHY[one.leak]}"
    return f"{told}: “{found_words(one)}”" if one.found else told


def found_words(one: Finding) -> str:
    """Return the words that did it: as they stand, an approval that is missing in words."""
    if one.leak is not Leak.NO_APPROVAL:
        return one.found
    kind, number = missing_of(one.found)
    return _(kind.value) % {"number": number} if kind else one.found


def release_body(one: Release) -> dict[str, Any]:
    """Return a release as the API and the command line tell it."""
    return {
        "id": one.id, "account_id": one.account_id, "kind": one.kind, "name": one.name,
        "sha256": one.sha256, "state": one.state.value, "reason": one.reason, "by": one.by_name,
        "at": one.at.isoformat(), "findings": [finding_body(each) for each in one.findings],
    }  # fmt: skip


def finding_body(one: Finding) -> dict[str, Any]:
    """Return a finding as the API and the command line tell it."""
    return {
        "place": one.place,
        "at": [{"kind": part.kind, "name": part.name} for part in parts_of(one.place)],
        "leak": one.leak.value, "severity": one.severity.value, "found": one.found,
    }  # fmt: skip


def findings_lines(findings: Findings) -> list[str]:
    """Return the first findings as lines, what blocks before what asks for a reason."""
    ordered = sorted(findings.found, key=lambda one: one.severity.value)
    lines = [finding_words(one) for one in ordered[:SAID]]
    more = len(ordered) - SAID
    if more > 0:
        lines.append(ngettext("and %(count)s more", "and %(count)s more", more) % {"count": more})
    return lines
