"""What each section of the hand-over pack says, as far as its reader may know."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keystead.accounts.queries import may_write, profile_for, team_for
from keystead.accounts.types import Account, Freshness, TeamRole
from keystead.agreements.queries.accruals import balances
from keystead.agreements.queries.agreements import agreement_for, agreements_of_account, terms_of
from keystead.agreements.queries.claims import claims_for, matches_of
from keystead.agreements.queries.proving import claim_proof
from keystead.agreements.queries.sentences import name_of, summary, terms_parts
from keystead.agreements.types import AgreementState
from keystead.campaigns.queries import campaigns_for
from keystead.forecasting.queries.cycles import assumptions_of, cycles_for
from keystead.governance.queries.compliance import hits_on
from keystead.kernel.errors import Invalid
from keystead.kit.access import Actor
from keystead.kit.ui.tags.figures import text_of
from keystead.kit.ui.tags.numbers import day, money_full, period
from keystead.negotiation.queries import concessions_of, negotiations_of
from keystead.pipeline.calc.notice import notice_dates
from keystead.pipeline.queries import renewals_for
from keystead.planning.queries import objectives_of, open_actions
from keystead.profitability.queries import account_pnl, default_period
from keystead.profitability.types import Scenario
from keystead.reviews.queries.reviews import items_for, reviews_for
from keystead.reviews.types.handover import (
    Dated,
    Ending,
    Line,
    OpenClaim,
    Section,
    Situation,
    TrapCode,
)
from keystead.stakeholders.queries import interactions_of, place_of, steps_open
from keystead.stakeholders.queries.words import ROLES, TIES, alarm_words
from keystead.stakeholders.types import AlarmKind, CoverageState

MOST = 40
OPEN_HIT = "open"
TEAM = {
    TeamRole.OWNER: gettext_lazy("owner"),
    TeamRole.MEMBER: gettext_lazy("member"),
    TeamRole.BACKUP: gettext_lazy("stands in"),
    TeamRole.JUNIOR: gettext_lazy("junior"),
}
ENDED = (AgreementState.EXPIRED, AgreementState.TERMINATED, AgreementState.RENEWED)
ALARMS = {
    AlarmKind.ONE_CONTACT: TrapCode.ONE_CONTACT,
    AlarmKind.ONE_COLLEAGUE: TrapCode.ONE_COLLEAGUE,
    AlarmKind.CHAMPION_LEFT: TrapCode.CHAMPION_LEFT,
    AlarmKind.NO_DECIDER: TrapCode.NO_DECIDER,
}


Maker = Callable[[], list[Line]]


@dataclasses.dataclass
class Found:
    """The sections in reading order, and what the rules look at."""

    sections: tuple[Section, ...]
    situation: Situation


def gather(actor: Actor, account: Account, today: date) -> Found:
    """Return everything the reader may know of an account, section by section."""
    parts = _Parts(actor, account, today)
    sections = tuple(
        parts.section(key, title, needs, name, make, empty)
        for key, title, needs, name, make, empty in (
            ("people", _("Who"), "stakeholders.view", "profile", parts.people,
             _("Nobody is known.")),
            ("team", _("Our team"), "accounts.view", "profile", parts.team,
             _("Nobody is on the team.")),
            ("promised", _("What was promised"), "agreements.view", "terms", parts.promised,
             _("There is no agreement in force.")),
            ("given", _("Concessions and commitments"), "negotiation.view", "terms", parts.given,
             _("Nothing was conceded or promised in talks.")),
            ("money", _("Money at stake"), "metrics.view", "sales", parts.money,
             _("No figures are posted.")),
            ("claims", _("Open claims"), "agreements.view", "terms", parts.claims,
             _("No claim is open.")),
            ("dates", _("Notice dates and renewals"), "pipeline.view", "terms", parts.dates,
             _("No renewal is open.")),
            ("relations", _("Relationships"), "stakeholders.view", "profile", parts.relations,
             _("Nothing is known of relationships.")),
            ("reviews", _("Last reviews"), "reviews.view", "plan", parts.reviews,
             _("No review was held.")),
            ("plan", _("Plan and open actions"), "planning.view", "plan", parts.plan,
             _("There is no plan and no open action.")),
            ("campaigns", _("Campaigns running"), "campaigns.view", "campaign", parts.campaigns,
             _("No campaign runs.")),
            ("forecast", _("Forecast and what it rests on"), "forecasting.view", "forecast",
             parts.forecast, _("No assumption is written down.")),
            ("profile", _("Profile"), "accounts.view", "profile", parts.profile,
             _("The profile is empty.")),
        )
    )  # fmt: skip
    return Found(sections, parts.situation())


class _Parts:
    """Reads each room once; what the rules need is kept on the way."""

    def __init__(self, actor: Actor, account: Account, today: date) -> None:
        self.actor, self.account, self.today = actor, account, today
        self.endings: list[Ending] = []
        self.open_claims: list[OpenClaim] = []
        self.terms: list[Dated] = []
        self.protections: list[Dated] = []
        self.alarms: list[tuple[TrapCode, Dated]] = []
        self.stale: list[Dated] = []
        self.steps: list[Dated] = []
        self.broken: list[Dated] = []
        self.assumptions: list[Dated] = []
        self.contacts: list[Dated] = []

    def section(
        self, key: str, title: str, needs: str, name: str, make: Maker, empty: str
    ) -> Section:
        """Return a section; closed where the role, or the right on this account, is missing."""
        if not self.actor.can(needs) or not may_write(
            self.actor, self.account.id, name=name, right="r"
        ):
            return Section(key, title, closed=True)
        return Section(key, title, tuple(make()), empty)

    def situation(self) -> Situation:
        return Situation(
            today=self.today, endings=tuple(self.endings), claims=tuple(self.open_claims),
            terms=tuple(self.terms), protections=tuple(self.protections),
            alarms=tuple(self.alarms), stale=tuple(self.stale), broken=tuple(self.broken),
            steps=tuple(self.steps), assumptions=tuple(self.assumptions),
            contacts=tuple(self.contacts),
        )  # fmt: skip

    def people(self) -> list[Line]:
        place = place_of(self.actor, self.account.id, on=self.today)
        found = []
        for one in sorted(place.people, key=lambda known: not known.here):
            contact, at = one.contact, one.contact.at(self.today)
            url = reverse("stakeholders:person", args=[contact.id])
            roles = ", ".join(str(ROLES[role.role.value]) for role in one.roles)
            gone = _("left on %(day)s") % {"day": day(contact.left_on)} if contact.left_on else ""
            note = gone or " · ".join(part for part in (contact.email, contact.phone) if part)
            job = at.job_title if at else contact.title
            found.append(Line(contact.name, roles or job, note, url))
            if one.here and one.roles:
                self.contacts.append(Dated(str(contact.id), contact.name, url))
        for tie in place.ties:
            words = f"{place.name_of(tie.from_id)} → {place.name_of(tie.to_id)}"
            found.append(Line(words, str(TIES[tie.kind.value])))
        return found

    def team(self) -> list[Line]:
        return [
            Line(one.name, str(TEAM[one.role]), _from(one.span.valid_from))
            for one in team_for(self.actor, self.account)
        ]  # fmt: skip

    def promised(self) -> list[Line]:
        found = []
        for head in agreements_of_account(self.actor, self.account.id):
            agreement = agreement_for(self.actor, head.id)
            version = agreement.in_force(self.today)
            if version is None or agreement.state in ENDED:
                continue
            url = reverse("agreements:agreement", args=[agreement.id])
            title = f"{agreement.number} {agreement.title}".strip()
            until = _("until %(day)s") % {"day": day(agreement.valid.last)}
            found.append(Line(title, until, "", url))
            self.terms.append(Dated(agreement.number, title, url, agreement.valid.last))
            self.broken += [
                Dated(str(one.id), one.hit.message, url)
                for one in hits_on(("agreement", agreement.id))
                if one.state == OPEN_HIT
            ]
            for condition in version.conditions:
                text = summary(condition, version.currency)
                found.append(Line(name_of(condition), text, "", url))
                if condition.price_protection is not None:
                    name = f"{agreement.number}: {name_of(condition)}"
                    key = f"{agreement.number}-{condition.key}"
                    self.protections.append(Dated(key, name, url, version.effective.last))
            found += [
                Line(label, text, "", url)
                for label, text in terms_parts(terms_of(version), version.currency)
            ]
        return found

    def given(self) -> list[Line]:
        found = []
        for case in negotiations_of(self.actor, self.account.id):
            url = reverse("negotiation:case", args=[case.id])
            found += [
                Line(one.issue, f"{one.before} → {one.after}", f"{case.name}, {day(one.on)}", url)
                for one in concessions_of(self.actor, case.id)
            ]
        if self.actor.can("stakeholders.view"):
            for talk in interactions_of(self.actor, account_id=self.account.id):
                if talk.next_step and not talk.next_done:
                    url = reverse("stakeholders:talk", args=[talk.id])
                    when = day(talk.next_on) if talk.next_on else ""
                    found.append(Line(talk.next_step, when, f"{talk.subject}, {day(talk.on)}", url))
            for step in steps_open(self.actor, account_id=self.account.id):
                url = reverse("stakeholders:talk", args=[step.interaction_id])
                self.steps.append(Dated(f"talk-{step.interaction_id}", step.text, url, step.on))
        return found

    def money(self) -> list[Line]:
        span, found = default_period(), list[Line]()
        try:
            pnl = account_pnl(actor=self.actor, account_id=self.account.id, period=span)
        except Invalid as error:  # amounts of several currencies are not added up
            return [Line(error.message)]
        for row in pnl.rows:
            total = row.totals.get(Scenario.ACTUAL)
            if row.detail or total is None or total.value is None:
                continue
            found.append(Line(_(row.line.label), money_full(total.value, pnl.currency),
                              period(span), _pnl(self.account.id), total.proof_id,
                              total.value, pnl.currency))  # fmt: skip
        if may_write(self.actor, self.account.id, name="terms", right="r"):
            for head in agreements_of_account(self.actor, self.account.id):
                if not self.actor.can("agreements.view"):
                    break
                for key, open_sum in balances(self.actor, head.id).items():
                    if open_sum.amount:
                        label = _("Accrued and open: %(name)s") % {"name": f"{head.number} {key}"}
                        url = reverse("agreements:agreement", args=[head.id])
                        found.append(Line(label, money_full(open_sum), "", url))
        return found

    def claims(self) -> list[Line]:
        found = []
        for one in claims_for(
            self.actor, today=self.today, state="open", account_id=self.account.id
        ):
            url = reverse("agreements:claim", args=[one.id])
            matched = bool(matches_of(one.id))
            note = _("set against an accrual") if matched else _("not set against anything")
            found.append(Line(one.external_number, money_full(one.amount), note, url,
                              claim_proof(one.id, "amount"), one.amount.amount,
                              one.amount.currency))  # fmt: skip
            self.open_claims.append(
                OpenClaim(str(one.id), one.external_number, url, one.due_on, matched)
            )
        return found

    def dates(self) -> list[Line]:
        found = []
        listed = renewals_for(self.actor, account_id=self.account.id, still_open=True)
        for one in listed:
            dates = notice_dates(one.last, one.notice)
            url = reverse("pipeline:renewal", args=[one.id])
            itself = bool(one.notice.auto_renew_months)
            note = _("renews itself") if itself else ""
            send = _("no notice agreed")
            if dates is not None:
                send = _("send notice by %(day)s") % {"day": day(dates.send_by)}
            words = " · ".join(part for part in (send, note) if part)
            name = f"{one.contract} {one.title}".strip()
            found.append(Line(name, day(one.last), words, url))
            send_by = dates.send_by if dates else None
            self.endings.append(Ending(str(one.id), name, url, one.last, send_by, itself))
        return found

    def relations(self) -> list[Line]:
        place = place_of(self.actor, self.account.id, on=self.today)
        url = reverse("stakeholders:people", args=[self.account.id])
        found = []
        if place.strength is not None:
            found.append(Line(_("Strength of the account"), f"{place.strength} / 100", "", url))
        for one in place.people:
            if one.here and one.strength.touches:
                last = one.strength.last_on
                note = _("last spoke on %(day)s") % {"day": day(last)} if last else ""
                found.append(Line(one.contact.name, f"{one.strength.score} / 100", note, url))
        for gap in place.coverage:
            if gap.state is not CoverageState.COVERED:
                state = {"missing": _("nobody known"), "silent": _("nobody spoke for half a year"),
                         "single": _("one person, through one of us")}[gap.state.value]  # fmt: skip
                found.append(Line(str(ROLES[gap.role.value]), state, _("gap"), url))
        for alarm in place.alarms:
            colleague = place.colleagues.get(alarm.colleague_id or 0, "")
            name = place.name_of(alarm.person_id) or colleague
            about = Dated(str(alarm.person_id or alarm.colleague_id or 0),
                          alarm_words(alarm.kind, name, alarm.share), url)  # fmt: skip
            self.alarms.append((ALARMS[alarm.kind], about))
        return found

    def reviews(self) -> list[Line]:
        held = [one for one in reviews_for(self.actor, account_id=self.account.id) if one.held_on]
        found = [
            Line(_("Review of %(period)s") % {"period": period(one.period)}, day(one.held_on),
                 one.notes[:200])
            for one in held[:4]
        ]  # fmt: skip
        for item in items_for(self.actor, account_id=self.account.id, still_open=True):
            found.append(Line(item.text, day(item.due) if item.due else "", item.owner_name))
            self.steps.append(Dated(f"review-{item.id}", item.text, "", item.due))
        return found

    def plan(self) -> list[Line]:
        found = []
        for one in objectives_of(self.actor, self.account.id, today=self.today):
            kind = one.measure if one.unit == "quantity" else one.unit
            unit = (kind, one.measure) if kind == "money" else (kind,)
            value = "" if one.value is None else text_of(one.value, *unit, full=True)
            found.append(Line(one.objective.title, value, "", "", one.proof_id, one.value,
                              one.measure))  # fmt: skip
        for action in open_actions(self.actor, self.account.id)[:MOST]:
            due = day(action.due_on) if action.due_on else ""
            found.append(Line(action.title, due, action.owner_name))
            self.steps.append(Dated(f"plan-{action.id}", action.title, "", action.due_on))
        return found

    def campaigns(self) -> list[Line]:
        return [
            Line(one.name, f"{day(one.starts)} – {day(one.last)}", one.note)
            for one in campaigns_for(self.actor, account_id=self.account.id)
            if one.last >= self.today
        ]

    def forecast(self) -> list[Line]:
        found = []
        for cycle in cycles_for(self.actor)[:2]:
            for one in assumptions_of(self.actor, cycle.id):
                if one.entry.node.account_id != self.account.id:
                    continue
                until = _("until %(day)s") % {"day": day(one.entry.expires)}
                url = reverse("forecasting:cycle", args=[cycle.id])
                found.append(Line(one.entry.text, until, one.entry.effect, url))
                self.assumptions.append(Dated(str(one.id), one.entry.text, url, one.entry.expires))
        return found

    def profile(self) -> list[Line]:
        url = reverse("web:account", args=[self.account.id])
        found = []
        for one in profile_for(self.actor, self.account, today=self.today):
            if one.value:
                reviewed = _since(one.reviewed_on) if one.reviewed_on else ""
                found.append(Line(one.label, one.value, reviewed, url))
            if one.freshness is Freshness.STALE:
                self.stale.append(Dated(one.key, one.label, url))
        return found


def _from(on: date | None) -> str:
    return _since(on) if on else ""


def _since(on: date) -> str:
    return _("since %(day)s") % {"day": day(on)}


def _pnl(account_id: int) -> str:
    return reverse("profitability:pnl", args=[account_id])
