"""The addresses of the COUNTER API: what is asked, without what opens it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode

SHOWN: Mapping[str, tuple[str, ...]] = {
    "PR": ("Access_Method",),
    "DR": ("Access_Method",),
    "TR": ("YOP", "Access_Type", "Access_Method"),
    "IR": ("YOP", "Access_Type", "Access_Method"),
}
"""What a full report is asked to show, so that every standard view follows from it."""
_SHOWN_5: Mapping[str, tuple[str, ...]] = {
    "PR": ("Data_Type", "Access_Method"),
    "DR": ("Data_Type", "Access_Method"),
    "TR": ("Data_Type", "Section_Type", "YOP", "Access_Type", "Access_Method"),
    "IR": ("Data_Type", "YOP", "Access_Type", "Access_Method"),
}


def base_of(server: str, release: str) -> str:
    """Return the address below which a server answers.

    Release 5.1 has its own path; servers are written down with it or without.

    >>> base_of("https://counter.example/api/", "5.1"), base_of("https://counter.example", "5")
    ('https://counter.example/api/r51', 'https://counter.example')
    """
    plain = server.strip().rstrip("/").removesuffix("/reports").rstrip("/")
    if release == "5.1" and not plain.endswith("/r51"):
        return f"{plain}/r51"
    return plain


def report_path(report_id: str) -> str:
    """Return the path of a report.

    >>> report_path("TR_J1")
    '/reports/tr_j1'
    """
    return f"/reports/{report_id.lower()}"


def period_words(
    report_id: str, release: str, first: date, last: date
) -> tuple[tuple[str, str], ...]:
    """Return what a request says about the months, and what a full report is to show.

    >>> period_words("TR_J1", "5.1", date(2026, 1, 1), date(2026, 3, 1))
    (('begin_date', '2026-01'), ('end_date', '2026-03'))
    """
    said = [("begin_date", f"{first:%Y-%m}"), ("end_date", f"{last:%Y-%m}")]
    shown = (SHOWN if release == "5.1" else _SHOWN_5).get(report_id, ())
    if shown:
        said.append(("attributes_to_show", "|".join(shown)))
    return tuple(said)


def address(base: str, path: str, words: Mapping[str, str] | tuple[tuple[str, str], ...]) -> str:
    """Return a whole address; empty words are left out.

    >>> address("https://a.example/r51", "/members", (("customer_id", "7"), ("platform", "")))
    'https://a.example/r51/members?customer_id=7'
    """
    pairs = words.items() if isinstance(words, Mapping) else words
    query = urlencode([(name, value) for name, value in pairs if value])
    return f"{base}{path}?{query}" if query else f"{base}{path}"
