"""Builds the slides of a story, in the active language."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from datetime import date
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from keystead.kit.office.slides import (
    Content,
    Deck,
    Facts,
    Line,
    Lines,
    Shown,
    Slide,
    Strip,
    Table,
    TableColumn,
    Tile,
    Words,
)
from keystead.kit.ui import formats
from keystead.metrics.calc.definitions import metric_def
from keystead.metrics.calc.derived import leaves
from keystead.reviews.calc.agenda import total_minutes
from keystead.reviews.queries.deck import charts
from keystead.reviews.queries.deck.tables import day_words, table
from keystead.reviews.queries.fact_words import label_of, shown
from keystead.reviews.queries.frozen import Story
from keystead.reviews.queries.sayings import own_words, say
from keystead.reviews.queries.words import KINDS, PARTS, language, period_words, point_words
from keystead.reviews.rules.storyline import strip
from keystead.reviews.types.cycle import Item, Review
from keystead.reviews.types.material import Material
from keystead.reviews.types.story import Part

# What stands beside a figure of the strip.
BESIDE: Final = {
    "sell_in": "sell_in_growth", "target_attainment": "target_gap",
    "off_take_units": "off_take_growth",
}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Around:
    """What a deck tells beside the frozen material: who comes, what was agreed since."""

    people: tuple[str, ...] = ()
    colleagues: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()


@dataclasses.dataclass(frozen=True)
class _Page:
    review: Review
    story: Story
    around: Around
    inside: bool

    @property
    def material(self) -> Material:
        return self.story.material


def deck_of(
    review: Review, story: Story, around: Around, *, language: str, made_on: date,
    inside: bool = False, link: str = "",
) -> Deck:  # fmt: skip
    """Return the deck of a story in a language; without ``inside`` what is ours alone is not in it.

    Presenter notes go only into the inside deck: whoever opens the file reads them.
    """
    with override(language):
        page = _Page(review, story, around, inside)
        slides = tuple(
            _slide(page, part)
            for part in story.parts
            if not part.left_out and (inside or not part.inside)
        )
        period = period_words(review.period)
        title = pgettext("review", "%(kind)s %(period)s") % {
            "kind": KINDS[review.kind.value], "period": period,
        }  # fmt: skip
        return Deck(
            title=f"{story.material.account_name}: {title}", slides=slides, language=language,
            made_on=made_on, facts=_facts(page, slides), link=link,
            footer=f"{story.material.account_name} · {period}",
        )  # fmt: skip


def slide_of(review: Review, story: Story, around: Around, key: str, *, inside: bool) -> Slide:
    """Return one slide of a story in the active language, for a preview on a page."""
    page = _Page(review, story, around, inside)
    return _slide(page, next(part for part in story.parts if part.key == key))


def _slide(page: _Page, part: Part) -> Slide:
    own = part.own
    title = own_words(own.title, page.material.facts) if own.title else _title(page, part)
    contents = list(_CONTENTS.get(part.key, _points)(page, part))
    if own.text:
        said = Line(own_words(own.text, page.material.facts))
        contents.insert(0, Lines((said,)))
    notes = tuple(line for line in own.notes.splitlines() if line) if page.inside else ()
    return Slide(
        key=part.key, title=title, contents=tuple(contents), subtitle=_subtitle(page, part),
        notes=notes, layout="title" if part.key == "cover" else "content", inside=part.inside,
    )  # fmt: skip


def _title(page: _Page, part: Part) -> Words:
    if part.key == "cover":
        return (page.material.account_name,)
    return say(part.message)


def _subtitle(page: _Page, part: Part) -> str:
    period = period_words(page.review.period)
    if part.key == "cover":
        return f"{KINDS[page.review.kind.value]}, {period}"
    if part.key in ("agenda", "next"):
        return day_words(page.review.planned_on) if part.key == "agenda" else ""
    said = f"{PARTS[part.key]}, {period}"
    return f"{said} · {_('ours alone')}" if part.inside else said


def _points(page: _Page, part: Part) -> list[Content]:
    lines = tuple(Line(say(one), 1) for one in part.points)
    return [Lines(lines)] if lines else []


def _cover(page: _Page, part: Part) -> list[Content]:
    said = []
    if page.review.planned_on:
        said.append(Line((day_words(page.review.planned_on),)))
    if page.review.place:
        said.append(Line((page.review.place,)))
    return [Lines(tuple(said))] if said else []


def _agenda(page: _Page, part: Part) -> list[Content]:
    columns = (
        TableColumn(_("Topic"), share=4), TableColumn(_("Minutes"), numeric=True),
    )  # fmt: skip
    rows = tuple((point_words(one), str(one.minutes)) for one in page.story.agenda)
    if rows:
        rows = (*rows, (pgettext("agenda", "Together"), str(total_minutes(page.story.agenda))))
    contents: list[Content] = [Table(columns, rows, total=bool(rows), empty=_("No agenda yet."))]
    who = [(page.material.account_name, page.around.people), (_("We"), page.around.colleagues)]
    lines = tuple(Line((f"{side}: {', '.join(names)}",)) for side, names in who if names)
    if lines:
        contents.append(Lines(lines, _("Who takes part")))
    return contents


def _headline(page: _Page, part: Part) -> list[Content]:
    material = page.material
    tiles = []
    for name in strip(material, inside=page.inside):
        beside = material.fact(BESIDE.get(name, ""))
        words: Words = (shown(beside, signed=True),) if beside else ()
        tiles.append(Tile(label_of(name), shown(material.fact(name)), words))
    contents: list[Content] = [Strip(tuple(tiles))] if tiles else []
    return contents + _points(page, part)


def _listed(page: _Page, part: Part) -> list[Content]:
    name = "campaigns" if part.key == "spend" else part.key
    name = "pnl" if part.key == "net_sales" else name
    records = page.material.records(name)
    if part.shows is not None:
        records = tuple(one for one in records if one.key in part.shows)
    columns = part.key if part.key == "spend" else name
    return [table(name, records, columns=columns)]


def _movers(page: _Page, part: Part) -> list[Content]:
    return [*_points(page, part), table("movers", page.material.records("movers"))]


def _next(page: _Page, part: Part) -> list[Content]:
    lines = [Line((one.text,), 1) for one in page.around.items]
    if page.review.next_on:
        lines.append(Line((_("Next date: %(day)s") % {"day": day_words(page.review.next_on)},)))
    if not lines:
        lines = [Line((_("To be written down together."),))]
    return [Lines(tuple(lines))]


_CONTENTS: Final[dict[str, Callable[[_Page, Part], list[Content]]]] = {
    "cover": _cover,
    "agenda": _agenda,
    "headline": _headline,
    "months": lambda page, _part: [charts.months_chart(page.material)],
    "bridge": lambda page, _part: [charts.bridge_chart(page.material)],
    "usage": lambda page, _part: [charts.usage_chart(page.material)],
    "outlook": lambda page, _part: [charts.outlook_chart(page.material)],
    "movers": _movers,
    "next": _next,
    **dict.fromkeys(
        ("carried", "net_sales", "pnl", "range", "stock", "value", "campaigns", "spend",
         "agreements", "claims", "objectives", "deals", "health"), _listed,
    ),
}  # fmt: skip


def _facts(page: _Page, slides: tuple[Slide, ...]) -> Facts:
    material, version = page.material, page.story.version
    locale = language()
    pairs = [
        (_("Account"), f"{material.account_name} ({material.account_code})"),
        (_("Period"), period_words(material.period)),
        (_("Compared with"), period_words(material.before)),
        (_("Currency"), material.currency),
        (_("Data until"), day_words(material.until)),
        (_("Frozen"), formats.moment(version.at, locale=locale) if version else
         _("not frozen: a preview")),
        (_("Version"), str(version.number) if version else ""),
        (_("State of the ledger"), str(material.commit)),
    ]  # fmt: skip
    used = _metrics_in(slides)
    metrics = tuple(
        (label_of(name), _(metric_def(name).formula), str(number))
        for name, number in material.metrics
        if name in used
    )
    return Facts(tuple(pair for pair in pairs if pair[1]), metrics, _("Facts behind this deck"))


def _metrics_in(slides: tuple[Slide, ...]) -> frozenset[str]:
    """Return the metrics behind the figures that are shown."""
    proofs = {one.proof for slide in slides for one in figures_of(slide)}
    return frozenset(leaf.partition(".")[0] for proof in proofs for leaf in leaves(proof))


def figures_of(slide: Slide) -> Iterable[Shown]:
    """Return every figure of a slide."""
    yield from _of_words(slide.title)
    for one in slide.contents:
        if isinstance(one, Lines):
            for line in one.lines:
                yield from _of_words(line.words)
        elif isinstance(one, Strip):
            for tile in one.tiles:
                yield from _of_words((tile.figure, *tile.beside))
        elif isinstance(one, Table):
            for row in one.rows:
                yield from _of_words(row)
        else:
            for series in one.series:
                yield from (shown for shown in series.figures if shown is not None)


def _of_words(words: Words) -> Iterable[Shown]:
    return (one for one in words if isinstance(one, Shown) and one.value is not None)
