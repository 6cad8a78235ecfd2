"""The tables of the cycle's desk: calendar, signatures, gaps, runs, remarks, assumptions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Set
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from keystead.forecasting.queries.gaps import name_of
from keystead.forecasting.queries.names import account_names, product_names
from keystead.forecasting.queries.node import label_of
from keystead.forecasting.queries.periods import period_words
from keystead.forecasting.queries.problems import Problem
from keystead.forecasting.queries.selling_in import Planned
from keystead.forecasting.queries.steps import steps_of
from keystead.forecasting.queries.words import (
    AGAINST,
    CATEGORY_WORDS,
    LAYERS,
    RECIPES,
    RUNS,
    STANCES,
    VERDICTS,
    problem_words,
)
from keystead.forecasting.rules.cycles import missing_signatures, standing, submitted
from keystead.forecasting.types.cycle import (
    Assumption,
    Cycle,
    CycleState,
    Gap,
    Layer,
    RunInfo,
    SignOff,
    Stance,
    Verdict,
)
from keystead.forecasting.types.rhythm import Rhythm
from keystead.kernel.errors import Conflict, Invalid
from keystead.kit.access import Actor
from keystead.kit.ui.tables import Cell, Column, Row, Table

S = CycleState
SHOWN = 500
Save = Callable[[dict[str, Any], int | None], str | None]


def told(save: Save) -> Save:
    """Return the save whose conflicts without two values are said on the form itself."""

    def saved(data: dict[str, Any], version: int | None) -> str | None:
        try:
            return save(data, version)
        except Conflict as conflict:
            if "theirs" in conflict.data:
                raise
            raise Invalid(conflict.message, code=conflict.code, hint=conflict.hint) from conflict

    return saved


def missing(found: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """What keeps a cycle from its lock, in sentences."""
    kept = list(found)
    unsigned = [LAYERS[Layer(name)] for code, name in kept if code == "unsigned"]
    gaps = sum(code == "gap_open" for code, _name in kept)
    told_so: list[str] = []
    if any(code == "no_run" for code, _name in kept):
        told_so.append(_("There is no statistical forecast yet."))
    if any(code == "not_in_review" for code, _name in kept):
        told_so.append(_("The review has not begun."))
    if unsigned:
        told_so.append(
            _("Not signed as it stands: %(parties)s.")
            % {"parties": ", ".join(str(one) for one in unsigned)}
        )
    if gaps:
        text = ngettext(
            "%(count)s large gap is not explained.", "%(count)s large gaps are not explained.", gaps
        )
        told_so.append(text % {"count": gaps})
    return tuple(told_so)


def days(cycle: Cycle) -> Table:
    """The calendar: what is done, late, to come."""
    held, today = cycle.head.calendar, timezone.localdate()
    steps: list[tuple[str, date, bool]] = [
        (pgettext("forecast", "Open"), held.opens, True),
        (
            pgettext("forecast", "Submit"),
            held.submit_by,
            cycle.state in (S.SUBMITTED, S.REVIEW, S.LOCKED),
        ),
        (pgettext("forecast", "Review"), held.review_by, cycle.state in (S.REVIEW, S.LOCKED)),
        (pgettext("forecast", "Lock"), held.lock_by, cycle.state is S.LOCKED),
    ]
    rows = []
    for name, day, done in steps:
        late = not done and day < today and cycle.editable
        word = _("done") if done else _("overdue") if late else _("to come")
        rows.append(
            Row({
                "step": name, "on": day,
                "state": Cell(word, tone="good" if done else "bad" if late else ""),
            })
        )  # fmt: skip
    columns = [
        Column("step", _("Step")), Column("on", _("Due"), "date"),
        Column("state", _("State"), "tag"),
    ]  # fmt: skip
    return Table(columns, rows, _("Calendar"), sortable=False)


def signs(cycle: Cycle, given: Iterable[SignOff], stamp: int, accounts: Set[int]) -> Table:
    """Who handed in, who signed, and for which numbers; ``accounts`` are those forecast."""
    words = tuple(given)
    newest, in_hand = standing(words), submitted(words)
    missed = missing_signatures(cycle.head.parties, words, stamp)
    names = account_names()
    rows = []
    for party in cycle.head.parties:
        whole = newest.get((party, None))
        stale = whole is not None and whole.stance is Stance.SIGNED and party in missed
        said = STANCES[whole.stance] if whole else _("nothing yet")
        rows.append(
            Row({
                "party": LAYERS[party],
                "said": Cell(
                    _("signed before the last change") if stale else said,
                    tone="bad" if whole and whole.stance is Stance.OBJECTED
                    else "warn" if stale else "good" if party not in missed else "",
                    sub=whole.note if whole else _in_hand(party, in_hand, accounts),
                ),
                "by": Cell(whole.by_name, sub=_moment(whole)) if whole else "",
            })
        )  # fmt: skip
        rows += [
            Row(
                {
                    "party": names[one.account_id].name if one.account_id in names else "–",
                    "said": Cell(STANCES[one.stance], sub=one.note,
                                 tone="good" if (party, one.account_id) in in_hand else "warn"),
                    "by": Cell(one.by_name, sub=_moment(one)),
                },
                level=1,
            )
            for (who, account), one in newest.items()
            if who is party and account is not None
        ]  # fmt: skip
    columns = [
        Column("party", _("Party")), Column("said", _("What they said"), "tag"),
        Column("by", _("Who")),
    ]  # fmt: skip
    return Table(columns, rows, _("Signatures"), sortable=False)


def _in_hand(party: Layer, given: Iterable[tuple[Layer, int | None]], accounts: Set[int]) -> str:
    """How many of the accounts the account managers have handed in."""
    if party is not Layer.ACCOUNT_MANAGER or not accounts:
        return ""
    done = {account for who, account in given if who is party} & accounts
    text = ngettext(
        "%(done)s of %(count)s account handed in", "%(done)s of %(count)s accounts handed in",
        len(accounts),
    )  # fmt: skip
    return text % {"done": len(done), "count": len(accounts)}


def _moment(one: SignOff) -> str:
    return date_format(timezone.localtime(one.at), "SHORT_DATETIME_FORMAT")


def gaps(actor: Actor, cycle: Cycle, found: Iterable[Gap]) -> Table:
    """Each line against the one below, target or contract; a large gap leads to its explanation."""
    at = reverse("forecasting:cycle_step", args=[cycle.id, "explain"])
    may = "explain" in steps_of(actor, cycle)
    rows = []
    for one in found:
        asks = one.over and not one.explained
        about = urlencode({"about": name_of(one)})
        state = one.explained or (_("to be explained") if one.over else _("small"))
        rows.append(
            Row({
                "brand": one.label or "–",
                "layer": LAYERS[Layer(one.layer)],
                "against": AGAINST[one.against],
                "ours": one.ours, "theirs": one.theirs, "change": one.ours - one.theirs,
                "pct": one.pct,
                "state": Cell(state, href=f"{at}?{about}" if asks and may else ""),
            })
        )  # fmt: skip
    columns = [
        Column("brand", _("Brand or contract")), Column("layer", pgettext("forecast", "Line")),
        Column("against", _("Against")),
        Column("theirs", _("Before"), "number", digits=0, hide="phone"),
        Column("ours", _("After"), "number", digits=0, hide="phone"),
        Column("change", _("Gap"), "variance", digits=0, good="none"),
        Column("pct", _("Gap in %"), "pct", digits=1), Column("state", _("Explanation")),
    ]  # fmt: skip
    return Table(columns, rows, _("Gaps"), empty=_("All lines say the same."))


def sell_in(found: Iterable[Planned]) -> Table:
    """Both parts of the sell-in by account, over all months: off-take, and change of the stock."""
    names = account_names()
    held: dict[int, list[Planned]] = {}
    for one in found:
        held.setdefault(one.key.account_id, []).append(one)
    rows = []
    for account, lines in held.items():
        stocks = [one.opening for one in lines if one.opening is not None]
        sold = sum(float(one.off_take.sum()) for one in lines)
        bought = sum(float(one.sell_in.sum()) for one in lines)
        rows.append(
            Row({
                "account": names[account].name, "off_take": sold, "sell_in": bought,
                "stock": Cell(
                    sum(stocks) if stocks else None,
                    title="" if stocks else _("This account tells no stock."),
                ),
                "change": bought - sold,
            })
        )  # fmt: skip
    columns = [
        Column("account", _("Account")), Column("stock", _("Stock now"), "number", digits=0),
        Column("off_take", pgettext("forecast kind", "Off-take"), "number", digits=0),
        Column("change", _("Change of stock"), "variance", digits=0, good="none"),
        Column("sell_in", pgettext("forecast kind", "Sell-in"), "number", digits=0),
    ]  # fmt: skip
    return Table(columns, rows, _("Sell-in from off-take"))


def runs(found: Iterable[RunInfo], rhythm: Rhythm) -> Table:
    """The runs: recipe, ledger, backtest, fingerprint."""
    ahead = _("one week ahead") if rhythm is Rhythm.WEEK else _("one month ahead")
    tones = {"done": "good", "failed": "bad"}
    rows = [
        Row({
            "number": str(one.number),
            "state": Cell(RUNS[one.state], sub=one.error, tone=tones.get(one.state.value, "")),
            "recipe": Cell(
                RECIPES.get(one.asked.recipe, one.asked.recipe),
                sub=_("a trial") if one.asked.trial else "",
            ),
            "series": one.series or None,
            "commit": str(one.commit or ""),
            "wape": _first(one, "model_wape"),
            "naive": _first(one, "naive_wape"),
            "hash": one.output_hash[:12],
        })
        for one in found
    ]  # fmt: skip
    columns = [
        Column("number", _("Run"), "code"), Column("state", _("State"), "tag"),
        Column("recipe", _("Recipe")), Column("series", _("Series"), "number"),
        Column("wape", _("Error (WAPE)"), "pct", digits=1, unit=ahead),
        Column("naive", _("Naive"), "pct", digits=1, unit=ahead),
        Column("commit", _("Ledger commit"), "code", hide="phone"),
        Column("hash", _("Fingerprint"), "code", hide="phone"),
    ]  # fmt: skip
    return Table(columns, rows, _("Runs"), empty=_("No run yet: start one."), sortable=False)


def _first(run: RunInfo, name: str) -> float | None:
    lags = run.backtest.get("lags") or [{}]
    value: float | None = lags[0].get(name)
    return value


def problems(found: Iterable[Problem]) -> Table:
    """Remarks on the history by kind, the most frequent first."""
    counts = Counter((one.code, one.rhythm) for one in found)
    rows = [
        Row({"what": problem_words(code, rhythm), "count": count})
        for (code, rhythm), count in counts.most_common()
    ]
    columns = [
        Column("what", _("What the history says")),
        Column("count", pgettext("forecast", "Lines"), "number"),
    ]
    return Table(
        columns, rows, _("Remarks on the history"), empty=_("Nothing to look at."), sortable=False
    )


def kinds(found: Iterable[Problem], wanted: str) -> list[tuple[str, Any, int, bool]]:
    """The kinds of remarks to choose from: code, words, count, chosen."""
    counts = Counter((one.code, one.rhythm) for one in found)
    return [
        (code, problem_words(code, rhythm), count, code == wanted)
        for (code, rhythm), count in counts.most_common()
    ]


def problem_lines(found: Iterable[Problem]) -> Table:
    """Remarks on the history, one by one; what stands there opens the rows it comes from."""
    accounts, products = account_names(), product_names()
    shown = list(found)[:SHOWN]
    said = any(one.there or one.proof for one in shown)
    by_week = any(one.rhythm is Rhythm.WEEK for one in shown)
    rows = []
    for one in shown:
        account = accounts.get(one.account_id or 0)
        product = products.get(one.product_id or 0)
        rows.append(
            Row({
                "account": account.name if account else "–",
                "product": Cell(product.name, sub=product.sku) if product else "–",
                "month": period_words(one.rhythm, one.month) if one.month else "",
                "what": problem_words(one.code, one.rhythm),
                "there": Cell(one.there or (_("rows") if one.proof else ""), proof=one.proof),
                "count": one.count,
            })
        )  # fmt: skip
    columns = [
        Column("account", _("Account")), Column("product", _("Product")),
        Column("month", _("Month or week") if by_week else _("Month")),
        *([Column("there", _("There is"))] if said else []),
        Column("what", _("What the history says")),
        Column("count", _("Times"), "number", hide="phone"),
    ]  # fmt: skip
    return Table(columns, rows, _("Remarks on the history"), empty=_("Nothing to look at."))


def assumptions(actor: Actor, cycle: Cycle, found: Iterable[Assumption]) -> Table:
    """What the forecast rests on: owner, until when, and what became of it."""
    may, today = actor.can("forecasting.edit"), timezone.localdate()
    rows = []
    for one in found:
        over = one.verdict is Verdict.PENDING and one.entry.expires < today
        at = reverse("forecasting:verdict", args=[cycle.id, one.id])
        tone = {Verdict.HELD: "good", Verdict.FAILED: "bad"}.get(one.verdict, "")
        rows.append(
            Row({
                "text": Cell(one.entry.text, sub=one.entry.effect),
                "about": Cell(
                    CATEGORY_WORDS.get(one.entry.category, one.entry.category),
                    sub=label_of(one.entry.node),
                ),
                "owner": one.owner_name, "from": one.entry.starts, "until": one.entry.expires,
                "verdict": Cell(
                    VERDICTS[one.verdict], sub=one.verdict_note, tone="warn" if over else tone
                ),
                "judge": Cell(_("Judge"), href=at) if may else "",
            })
        )  # fmt: skip
    columns = [
        Column("text", _("What we take as given")),
        Column("about", pgettext("assumption", "About"), hide="phone"),
        Column("owner", _("Owner")),
        Column("from", _("From"), "date", hide="phone"), Column("until", _("Until"), "date"),
        Column("verdict", _("What became of it"), "tag"), Column("judge", ""),
    ]  # fmt: skip
    return Table(columns, rows, _("Assumptions"), empty=_("Nobody wrote one down yet."))
