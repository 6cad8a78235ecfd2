"""What is wrong with terms, as sentences in the reader's language with their places."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext

from keystead.agreements.queries.sentences import name_of
from keystead.agreements.types import AgreementVersion, Finding


def sentence(finding: Finding, version: AgreementVersion) -> str:
    """Return a finding as one sentence that begins with the name of its condition."""
    text = gettext(finding.sentence).format(**finding.values)
    condition = version.condition(finding.condition)
    return f"{name_of(condition)}: {text}" if condition else text


def ruled(finding: Finding, version: AgreementVersion) -> str:
    """Return a finding as a sentence, with the rule it comes from: … (R-11)."""
    text = sentence(finding, version)
    return f"{text} ({finding.rule})" if finding.rule else text


def told_with_rules(findings: Iterable[Finding], version: AgreementVersion) -> tuple[str, ...]:
    """Return each sentence once, with its rule, in the order of the findings."""
    return tuple(dict.fromkeys(ruled(one, version) for one in findings))


def places(findings: Iterable[Finding], version: AgreementVersion) -> dict[str, str]:
    """Return each place (``volume.tiers``) with its first sentence."""
    found: dict[str, str] = {}
    for finding in findings:
        place = ".".join(part for part in (finding.condition, finding.field) if part)
        found.setdefault(place, sentence(finding, version))
    return found
