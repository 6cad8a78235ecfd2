"""Finds what a report breaks, also what the official schema lets through."""

from __future__ import annotations

import dataclasses

from keystead.connectors.counter.rules.check import about, counts, form, head
from keystead.connectors.counter.rules.state import state_of
from keystead.connectors.counter.types import Finding, Outcome, Report, Severity, State
from keystead.connectors.counter.types.findings import LOADED

_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTICE: 2}


def check(report: Report) -> Outcome:
    """Return the state of a report and its findings, the worst first.

    An error makes a report that would be loaded a refused one. Findings of one rule are one
    finding with the first place and how many there are.
    """
    state, why = state_of(report)
    found: list[Finding] = [*head.check(report), *form.check(report)]
    if report.counts.num_rows or report.entries.num_rows:
        found += [*about.check(report), *counts.check(report)]
    findings = tuple(sorted(found, key=lambda one: (_ORDER[one.severity], one.rule)))
    outcome = Outcome(state, why, findings)
    if outcome.errors and state in LOADED:
        first = outcome.errors[0]
        return dataclasses.replace(outcome, state=State.REFUSED, why=first.message)
    return outcome
