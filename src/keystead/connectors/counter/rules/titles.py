"""What is wrong with a title list, and what a title is called where products are looked up."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from keystead.connectors.counter.calc.digits import isbn_is_right, issn_is_right
from keystead.connectors.counter.calc.kbart import day_said, embargo_parts
from keystead.connectors.counter.types import Finding, Severity
from keystead.connectors.counter.types.kbart import COLUMNS, KbartList, KbartRow

E, W = Severity.ERROR, Severity.WARNING
_DATES = (
    "date_first_issue_online", "date_last_issue_online", "date_monograph_published_print",
    "date_monograph_published_online",
)  # fmt: skip
_KINDS = ("serial", "monograph")
_DEPTHS = ("fulltext", "selected articles", "abstracts")
_ISSN = re.compile(r"\d{4}-?\d{3}[\dXx]")
_ISBN = re.compile(r"(97[89])?\d{9}[\dXx]")
_ROUNDED = re.compile(r"\d+[.,]\d+E\+?\d+", re.IGNORECASE)


def check_titles(found: KbartList) -> tuple[Finding, ...]:
    """Return what a title list breaks, the worst first; each rule once, with how often.

    Errors keep a list from being loaded: a wrong date or a rounded ISBN would open or close
    content that the contract says otherwise.
    """
    said: dict[tuple[str, Severity, str, str], list[str]] = defaultdict(list)
    for rule, severity, place, message, hint in _all(found):
        said[rule, severity, message, hint].append(place)
    findings = [
        Finding(rule, severity, places[0], message, hint, len(places))
        for (rule, severity, message, hint), places in said.items()
    ]
    order = {E: 0, W: 1, Severity.NOTICE: 2}
    return tuple(sorted(findings, key=lambda one: (order[one.severity], one.rule)))


Broken = tuple[str, Severity, str, str, str]


def _all(found: KbartList) -> Iterator[Broken]:
    if "publication_title" not in found.columns:
        yield (
            "no_list",
            E,
            "line 1",
            "This is no KBART title list.",
            "Its first line names the columns: publication_title, print_identifier ...",
        )
        return
    missing = [column for column in COLUMNS if column not in found.columns]
    if missing:
        yield ("column_missing", W, "line 1", f"Columns of Phase II are missing: "
               f"{', '.join(missing)}.", "They are taken as empty.")  # fmt: skip
    if found.unknown_columns:
        yield ("column_unknown", W, "line 1",
               f"Not columns of Phase II: {', '.join(found.unknown_columns)}.",
               "They are left out.")  # fmt: skip
    if not found.rows:
        yield "empty", E, "line 2", "The list holds no title.", "Ask for it again."
    seen: dict[tuple[str, ...], int] = {}
    for row in found.rows:
        yield from _row(row)
        key = (row["title_id"] or row["publication_title"].casefold(), row["access_type"],
               row["date_first_issue_online"], row["date_last_issue_online"])  # fmt: skip
        if key in seen:
            yield ("twice", E, f"line {row.line}", "The same title and coverage stands twice.",
                   "Leave one out.")  # fmt: skip
        seen[key] = row.line


def _row(row: KbartRow) -> Iterator[Broken]:
    place = f"line {row.line}"
    if not row["publication_title"]:
        yield "no_title", E, f"{place}, publication_title", "A title has no name.", "Name it."
    yield from _identifiers(row, place)
    for column in _DATES:
        if row[column] and day_said(row[column]) is None:
            yield (
                "date",
                E,
                f"{place}, {column}",
                "A date is not 2019, 2019-05 or 2019-05-31.",
                "A spreadsheet turned it to a local form: send the column as text.",
            )
    if row.first_day and row.last_day and row.last_day < row.first_day:
        yield ("coverage", E, place, "The coverage ends before it begins.", "Correct its dates.")
    if embargo_parts(row["embargo_info"]) is None:
        yield ("embargo", E, f"{place}, embargo_info", "An embargo is not like R1Y or P6M.",
               "R: only the last so much is open; P: all but the last so much.")  # fmt: skip
    yield from _lists(row, place)


def _identifiers(row: KbartRow, place: str) -> Iterator[Broken]:
    if not (row["print_identifier"] or row["online_identifier"] or row["title_id"]):
        yield ("no_identifier", W, place, "A title has no identifier.",
               "It can only be matched by hand.")  # fmt: skip
    for column in ("print_identifier", "online_identifier"):
        text = row[column]
        plain = text.replace("-", "").replace(" ", "")
        if not text:
            continue
        if _ROUNDED.fullmatch(plain):
            yield ("rounded", E, f"{place}, {column}", "A spreadsheet rounded an ISBN (9.78E+12).",
                   "Send the column as text.")  # fmt: skip
        elif _ISSN.fullmatch(text):
            if not issn_is_right(text):
                yield ("check_digit", W, f"{place}, {column}", "An ISSN has a wrong check digit.",
                       "It matches nothing.")  # fmt: skip
        elif _ISBN.fullmatch(plain):
            if not isbn_is_right(plain):
                yield ("check_digit", W, f"{place}, {column}", "An ISBN has a wrong check digit.",
                       "It matches nothing.")  # fmt: skip
        else:
            yield ("identifier", W, f"{place}, {column}", "An identifier is neither ISSN nor ISBN.",
                   "It is looked up as it stands.")  # fmt: skip


def _lists(row: KbartRow, place: str) -> Iterator[Broken]:
    kind, access = row["publication_type"].lower(), row["access_type"].upper()
    if kind not in _KINDS:
        yield ("publication_type", E if kind else W, f"{place}, publication_type",
               "A publication type is not serial or monograph.", "Say which it is.")  # fmt: skip
    if access not in {"F", "P"}:
        yield ("access_type", E if access else W, f"{place}, access_type",
               "An access type is not F (free) or P (paid).", "Empty counts as paid.")  # fmt: skip
    if row["coverage_depth"] and row["coverage_depth"].lower() not in _DEPTHS:
        yield ("coverage_depth", W, f"{place}, coverage_depth",
               "A coverage depth is none of fulltext, selected articles, abstracts.",
               "It is kept as it stands.")  # fmt: skip
    if row["title_url"] and not re.match(r"https?://\S+$", row["title_url"]):
        yield ("title_url", W, f"{place}, title_url", "An address is no address.",
               "It is kept as it stands.")  # fmt: skip


def names_of(row: KbartRow) -> tuple[tuple[str, str], ...]:
    """Return what a title is called, the surest first, as (kind, folded value).

    >>> names_of(KbartRow(2, {"online_identifier": "0378-5955", "title_id": "JH"}))
    (('online_issn', '03785955'), ('proprietary', 'jh'))
    """
    found = []
    for column, word in (("online_identifier", "online"), ("print_identifier", "print")):
        text = fold(row[column])
        if _ISSN.fullmatch(text) and issn_is_right(text):
            found.append((f"{word}_issn", text))
        elif _ISBN.fullmatch(text) and isbn_is_right(text):
            found.append((f"{word}_isbn", text))
        elif text:
            found.append((f"{word}_identifier", text))
    for text in (row["title_id"], row["title_url"]):
        doi = re.search(r"\b10\.\d{4,9}/\S+", text)
        if doi:
            found.append(("doi", fold(doi[0])))
    if row["title_id"]:
        found.append(("proprietary", fold(row["title_id"])))
    return tuple(found)


def product_named(
    names: tuple[tuple[str, str], ...], known: Mapping[str, Mapping[str, frozenset[int]]]
) -> tuple[int | None, str]:
    """Return the product that the surest name means and which name that was; None when none, or
    when it means several.

    ``known``: products by scheme of the catalog and folded value.

    >>> product_named((("online_issn", "03785955"),), {"issn": {"03785955": frozenset({7})}})
    (7, 'online_issn')
    """
    for kind, value in names:
        for scheme in _SCHEMES.get(kind.partition("_")[2] or kind, ()):
            found = known.get(scheme, {}).get(value, frozenset())
            if len(found) == 1:
                return next(iter(found)), kind
            if found:
                return None, ""
    return None, ""


def fold(text: str) -> str:
    """Return a code as it is compared: no blanks, hyphens, resolver, scheme word or case.

    >>> fold("https://doi.org/10.5555/JH"), fold("ISSN 0378-5955")
    ('10.5555/jh', '03785955')
    """
    plain = re.sub(r"^(https?://(dx\.)?doi\.org/|(doi|issn|isbn|eissn)[:\s]+)", "",
                   text.strip().lower())  # fmt: skip
    return re.sub(r"[\s-]", "", plain)


_SCHEMES: Mapping[str, tuple[str, ...]] = {
    "issn": ("issn", "other", "alias"),
    "isbn": ("gtin", "other", "alias"),
    "identifier": ("other", "alias", "own_sku"),
    "doi": ("other", "alias", "platform_id"),
    "proprietary": ("platform_id", "customer_sku", "own_sku", "other", "alias"),
}
