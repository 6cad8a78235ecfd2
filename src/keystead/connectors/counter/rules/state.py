"""What state a report is in, from its exceptions and what it holds (COUNTER 5.1, part 8.4)."""

from __future__ import annotations

from keystead.connectors.counter.types import Report, ReportException, State

WAIT = frozenset({1000, 1010, 1011, 1020, 3031})
NO_USAGE, NOT_READY, GONE, PARTIAL = 3030, 3031, 3032, 3040
ALLOWED = frozenset({3050, 3060, 3061, 3062, 3063, 3070})  # the report was made all the same
WORDS: dict[int, str] = {
    1000: "the service is not available",
    1010: "the service is too busy",
    1011: "the report is being made",
    1020: "the service was called too often",
    1030: "the request lacks something",
    2000: "the service does not know the requestor",
    2010: "the requestor may not read this institution",
    2011: "the institution does not exist there",
    2020: "the key is not valid",
    3020: "the dates of the request are not valid",
    3030: "there was no usage in these months",
    3031: "the usage is not ready yet",
    3032: "the usage is no longer kept",
    3040: "part of the usage is missing",
    3050: "the service does not know a parameter",
    3060: "the service does not know a filter value",
    3061: "the service does not know a filter",
    3062: "the service does not know an attribute value",
    3063: "the service misses a filter or attribute",
    3070: "the report needs a filter",
}


def is_a_note(exception: ReportException) -> bool:
    """Say whether an exception only adds a word to a report that was made.

    >>> is_a_note(ReportException(3060)), is_a_note(ReportException(3030))
    (True, False)
    """
    return 0 <= exception.code < 1000 or exception.code in ALLOWED


def state_of(report: Report) -> tuple[State, str]:
    """Return the state of a report and why, in a few words.

    3030 is a true zero, 3031 means ask again, 3032 is a gap for good, 3040 a part. Months that
    came with usage beside 3031 or 3032 are usable: the report is a part then.
    """
    codes = {one.code for one in report.header.exceptions if not is_a_note(one)}
    used = report.counts.num_rows > 0
    if used:
        parts = codes & {PARTIAL, NOT_READY, GONE}
        return (State.PARTIAL, _why(report, parts)) if parts else (State.USABLE, "usage to load")
    said = (
        (State.WAITING, codes & WAIT),
        (State.GONE, codes & {GONE}),
        (State.REFUSED, codes - {NO_USAGE, PARTIAL}),
        (State.PARTIAL, codes & {PARTIAL}),
        (State.NO_USAGE, codes & {NO_USAGE}),
    )
    for state, which in said:
        if which:
            return state, _why(report, which)
    if not report.has_header:
        return State.REFUSED, "it does not say whose usage it is"
    if not report.has_items and report.form == "json":
        return State.REFUSED, "it has no list of items"
    return State.NO_USAGE, "it is empty, and does not say why"


def _why(report: Report, codes: set[int] | frozenset[int]) -> str:
    said = []
    for one in report.header.exceptions:
        if one.code in codes:
            words = WORDS.get(one.code, one.message.strip().rstrip(".") or "no reason given")
            about = f" ({one.data.strip()})" if one.data.strip() else ""
            said.append(f"{one.code}: {words}{about}" if one.code >= 0 else words)
    return "; ".join(dict.fromkeys(said))
