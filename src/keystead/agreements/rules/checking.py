"""All checks of a version in one call."""

from __future__ import annotations

from collections.abc import Iterable

from keystead.agreements.rules.compliance import compliance_findings
from keystead.agreements.rules.conditions import condition_findings
from keystead.agreements.rules.examples import example_findings
from keystead.agreements.rules.known import Known
from keystead.agreements.rules.tiers import tier_findings
from keystead.agreements.rules.together import version_findings
from keystead.agreements.types import AgreementVersion, Finding
from keystead.governance.types.compliance import Level
from keystead.kernel.errors import Invalid

__all__ = ["Known", "check", "refuse"]
ORDER = {level: place for place, level in enumerate(Level)}


def check(version: AgreementVersion, known: Known) -> tuple[Finding, ...]:
    """Return everything that is wrong with the terms or must be looked at, strictest first.

    Contradictions and missing parts block; the compliance rules block or ask for a review.
    Worked examples are run only where a condition is otherwise whole.
    """
    found = list(version_findings(version))
    for condition in version.conditions:
        own = [*tier_findings(condition), *condition_findings(version, condition)]
        found += own
        if not any(finding.level is Level.BLOCK for finding in own):
            found += example_findings(version, condition)
    whole = not any(finding.code.startswith("tier_") for finding in found)
    if whole:
        found += compliance_findings(version, known)
    return tuple(sorted(found, key=lambda finding: ORDER[finding.level]))


def refuse(findings: Iterable[Finding]) -> None:
    """Raise Invalid with all sentences where anything blocks; reviews and warnings pass.

    ``data['fields']`` maps ``condition.field`` to the sentence, ``data['findings']`` lists codes.
    """
    blocking = [finding for finding in findings if finding.level is Level.BLOCK]
    if blocking:
        fields = {
            ".".join(part for part in (f.condition, f.field) if part): f.text for f in blocking
        }
        raise Invalid(
            blocking[0].text,
            code=blocking[0].code,
            fields=fields,
            findings=[finding.code for finding in blocking],
            rules=[finding.rule for finding in blocking if finding.rule],
        )
