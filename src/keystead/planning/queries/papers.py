"""The plan as a paper: what Word writes, in the language of the reader.

Each figure carries its proof: that of its metric, that of its line in the plan, or what is worked
out of both.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from keystead.kernel.standing import Worth
from keystead.kit.access import Actor
from keystead.kit.audit import trail_seq
from keystead.kit.office.paper import Block, Grid, GridColumn, Heading, Pairs, Paper, Text
from keystead.kit.office.slides import Part, Shown, Words
from keystead.kit.ui import formats
from keystead.metrics.calc.derived import derive, worked_out
from keystead.planning.queries.measuring import measured, metrics_by_id
from keystead.planning.queries.proving import (
    ACTION,
    CLAIM,
    INITIATIVE,
    OBJECTIVE,
    day_worth,
    plan_proof,
)
from keystead.planning.queries.state_proving import SCORE, STALE, stands_at, state_proof
from keystead.planning.queries.words import (
    ACTION_STATES,
    GROUPS,
    INITIATIVE_STATES,
    INPUT_STATES,
    PLAN_STATES,
    STANDINGS,
    written,
)
from keystead.planning.types.plans import SWOT, Action, Claim, ClaimKind, Measured, Plan

_ROUNDED = Decimal("0.05")  # a progress has one decimal
_LARGE = 10_000  # from there on cents say nothing; the exact amount is with the proof


def plan_paper(actor: Actor, plan: Plan, language: str, today: date) -> Paper:
    """Return a plan as a paper in a language; figures as they stand today, with their proofs."""
    with override(language):
        return _Paper(actor, plan, language, today).whole()


class _Paper:
    """A plan on its way to paper: what every part of it needs to know."""

    def __init__(self, actor: Actor, plan: Plan, language: str, today: date) -> None:
        self.plan, self.language, self.today = plan, language, today
        self.stands = measured(actor, plan, plan.objectives, today=today)
        self.seq = trail_seq()

    def whole(self) -> Paper:
        plan = self.plan
        blocks: list[Block] = [self._head()]
        if plan.headline:
            blocks.append(Text(plan.headline, "strong"))
        blocks += self._claims(ClaimKind.GOAL, ClaimKind.STRATEGY, ClaimKind.VALUE)
        blocks += [Heading(_("Our objectives")), self._objectives()]
        if around := self._claims(*SWOT, ClaimKind.COMPETITOR):
            blocks += [Heading(_("Where we stand")), *around]
        blocks += [Heading(_("Initiatives")), self._initiatives()]
        blocks += self._claims(ClaimKind.RISK, ClaimKind.BUDGET, ClaimKind.RESEARCH)
        blocks += [Heading(_("Actions")), self._actions()]
        if plan.inputs:
            blocks += [Heading(_("Input of others")), self._inputs()]
        title = _("Plan of %(name)s for %(year)s") % {"name": plan.account_name, "year": plan.year}
        return Paper(
            title=title, blocks=tuple(blocks), language=self.language, made_on=self.today,
            footer=f"{title} · {formats.day(self.today, locale=self.language)}",
        )  # fmt: skip

    def _head(self) -> Pairs:
        plan, language = self.plan, self.language
        score, stale = (stands_at(plan, one, self.today) for one in (SCORE, STALE))
        rows: list[tuple[str, Part]] = [
            (_("State"), str(PLAN_STATES[plan.state.value])),
            (_("Version"), f"v{plan.number}" if plan.number else "–"),
            (_("Owner"), plan.owner_name or "–"),
            (
                _("Complete"),
                self._stands(SCORE, score, formats.percent(score / 100, locale=language, digits=0)),
            ),
            (_("Stale"), self._stands(STALE, stale, formats.number(stale, locale=language))),
        ]
        return Pairs(tuple(rows))

    def _stands(self, figure: str, value: Decimal, text: str) -> Shown:
        return Shown(text, value, state_proof(self.plan.id, figure, self.today, self.seq))

    def _claims(self, *kinds: ClaimKind) -> list[Block]:
        found: list[Block] = []
        for kind in kinds:
            rows = tuple(self._claim(one) for one in self.plan.of(kind))
            columns = (
                GridColumn(str(GROUPS[kind.value]), share=5), GridColumn(_("Owner"), share=1.5),
                GridColumn(_("As of"), share=1.9),
            )  # fmt: skip
            if rows:
                found.append(Grid(columns, rows))
        return found

    def _claim(self, one: Claim) -> tuple[Part | Words, ...]:
        words: list[Part] = [one.text]
        if one.amount is not None:
            words += [" · ", self._money(one.amount, CLAIM, one.id, "amount")]
        if one.likelihood_pct is not None:
            text = formats.percent(one.likelihood_pct / 100, locale=self.language, digits=0)
            proof = plan_proof(CLAIM, one.id, "likelihood_pct", self.seq)
            before, _mark, after = (_("%(pct)s likely") % {"pct": "\0"}).partition("\0")
            words += [f" · {before}", Shown(text, one.likelihood_pct, proof), after]
        if one.detail:
            words.append(f" · {one.detail}")
        when = formats.day(one.stated_on, locale=self.language, year=True)
        if one.carried:
            when += f" ({_('carried over, not confirmed yet')})"
        elif one.stale(self.today):
            when += f" ({_('stale')})"
        return tuple(words), one.owner_name or "–", when

    def _objectives(self) -> Grid:
        columns = (
            GridColumn(_("Objective"), share=3.6),
            GridColumn(pgettext("amount", "Target"), numeric=True, share=1.7),
            GridColumn(_("Now"), numeric=True, share=1.7),
            GridColumn(_("Progress"), numeric=True, share=1.9), GridColumn(_("State"), share=1.5),
        )  # fmt: skip
        rows = []
        for one in self.plan.objectives:
            found = self.stands[one.id]
            rows.append((
                one.title, self._target(found), self._value(found), self._progress(found),
                str(STANDINGS[found.standing.value]),
            ))  # fmt: skip
        return Grid(columns, tuple(rows))

    def _target(self, found: Measured) -> Part:
        target = found.objective.target
        currency = self.plan.currency
        if target is None or found.objective.metric not in metrics_by_id():
            return "–"
        return Shown(
            self._amount(found, target, currency), target,
            plan_proof(OBJECTIVE, found.objective.id, "target", self.seq),
            currency if _is_money(found) else "",
        )  # fmt: skip

    def _value(self, found: Measured) -> Part:
        if found.value is None or found.objective.metric not in metrics_by_id():
            return "–"
        text = self._amount(found, found.value, found.measure or self.plan.currency)
        if _is_money(found) and abs(found.value) >= _LARGE:
            text = written(found.value.quantize(Decimal(1)), found.measure, self.language)
        return Shown(text, found.value, found.proof_id, found.measure)

    def _progress(self, found: Measured) -> Part:
        """Return the progress; proved where it is the plain share of value and target."""
        way = found.progress_pct
        if way is None:
            return "–"
        text = formats.percent(way / 100, locale=self.language, digits=0)
        target = self._target(found)
        if not isinstance(target, Shown) or found.value is None or not found.proof_id:
            return text
        share = worked_out("share", [Worth(found.value, found.measure),
                                     Worth(found.objective.target, target.measure)])  # fmt: skip
        if share.value is None or abs(Decimal(share.value) * 100 - way) > _ROUNDED:
            return text
        return Shown(text, share.value, derive("share", [found.proof_id, target.proof]))

    def _amount(self, found: Measured, value: Decimal, currency: str) -> str:
        unit = str(metrics_by_id()[found.objective.metric].unit)
        if unit == "money":
            return written(value, currency, self.language)
        if unit == "percent":
            return formats.percent(value / 100, locale=self.language)
        return formats.number(value, locale=self.language)

    def _initiatives(self) -> Grid:
        currency = self.plan.currency
        columns = (
            GridColumn(_("Initiative"), share=2.7), GridColumn(_("Ends on"), share=1.9),
            GridColumn(f"{_('Cost')} {currency}", numeric=True, share=1.3),
            GridColumn(f"{_('Expected effect')} {currency}", numeric=True, share=1.3),
            GridColumn(_("Exit test"), share=2.5), GridColumn(_("State"), share=1.2),
        )  # fmt: skip
        rows = tuple(
            (one.title, self._day(one.ends), self._bare(one.cost, one.id, "cost"),
             self._bare(one.effect, one.id, "effect"), one.exit_test or "–",
             str(INITIATIVE_STATES[one.state.value]))
            for one in self.plan.initiatives
        )  # fmt: skip
        return Grid(columns, rows)

    def _actions(self) -> Grid:
        columns = (
            GridColumn(_("What is done"), share=4), GridColumn(_("Owner"), share=1.5),
            GridColumn(_("Due on"), share=1.9), GridColumn(_("State"), share=1.3),
        )  # fmt: skip
        ordered = sorted(
            self.plan.actions, key=lambda one: (not one.open, one.due_on or date.max, one.id)
        )
        rows = tuple(
            (one.title, one.owner_name or "–", self._due(one), str(ACTION_STATES[one.state.value]))
            for one in ordered
        )
        return Grid(columns, rows)

    def _due(self, one: Action) -> Part:
        if one.due_on is None:
            return "–"
        proof = plan_proof(ACTION, one.id, "due_on", self.seq)
        return Shown(self._day(one.due_on), day_worth(one.due_on.isoformat()).value, proof)

    def _inputs(self) -> Grid:
        columns = (
            GridColumn(_("What is needed"), share=3), GridColumn(_("Who is asked"), share=1.5),
            GridColumn(_("Due on"), share=1.9), GridColumn(_("State"), share=2.4),
        )  # fmt: skip
        rows = tuple(
            (one.question, f"{one.asked_name}, {one.function}", self._day(one.due_on),
             one.answer or str(INPUT_STATES[one.state.value]))
            for one in self.plan.inputs
        )  # fmt: skip
        return Grid(columns, rows)

    def _money(self, value: Decimal, kind: str, key: int, figure: str) -> Shown:
        currency = self.plan.currency
        text = written(value, currency, self.language)
        return Shown(text, value, plan_proof(kind, key, figure, self.seq), currency)

    def _bare(self, value: Decimal | None, key: int, figure: str) -> Part:
        """Return an amount of an initiative; its currency is in the head of the column."""
        if value is None:
            return "–"
        text = formats.number(value, locale=self.language, digits=0)
        return Shown(text, value, plan_proof(INITIATIVE, key, figure, self.seq),
                     self.plan.currency)  # fmt: skip

    def _day(self, value: date | None) -> str:
        return "–" if value is None else formats.day(value, locale=self.language, year=True)


def _is_money(found: Measured) -> bool:
    return str(metrics_by_id()[found.objective.metric].unit) == "money"
