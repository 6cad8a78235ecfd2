"""What a check says about a report."""

from __future__ import annotations

import dataclasses
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """ERROR: not loaded; WARNING: loaded, look at it; NOTICE: good to know."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


class State(StrEnum):
    """What to do with a report as a whole."""

    USABLE = "usable"
    PARTIAL = "partial"  # 3040: some of the usage is missing, for good
    NO_USAGE = "no_usage"  # 3030, or an empty report without an exception: a true zero
    WAITING = "waiting"  # 1011, 3031, a busy service: ask again later
    GONE = "gone"  # 3032: the months are no longer kept: a gap for good
    REFUSED = "refused"  # the service refused, or the report breaks a rule
    UNREADABLE = "unreadable"  # no COUNTER report that this release reads


LOADED = frozenset({State.USABLE, State.PARTIAL, State.NO_USAGE})


@dataclasses.dataclass(frozen=True)
class Finding:
    """One thing a check found: where, which rule, how bad, what it says, what to do.

    ``count``: how many places break the rule in the same way; ``place`` is the first of them.
    """

    rule: str
    severity: Severity
    place: str
    message: str
    hint: str = ""
    count: int = 1

    def as_dict(self) -> dict[str, Any]:
        return {**dataclasses.asdict(self), "severity": str(self.severity)}


@dataclasses.dataclass(frozen=True)
class Outcome:
    """The state of a report, why, and all findings, the worst first."""

    state: State
    why: str
    findings: tuple[Finding, ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(one for one in self.findings if one.severity == Severity.ERROR)
