"""Cases of offers through the services: begun, changed, sent, drafted, refused."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from keystead.accounts.types import Span
from keystead.agreements.queries import agreement_for
from keystead.agreements.tests.world import tiers
from keystead.agreements.types import AgreementState, Condition, Family, Measure, Terms, Timing
from keystead.catalog.services.prices import add_price
from keystead.governance.queries.approvals import latest
from keystead.governance.services import approvals
from keystead.governance.services.compliance import decide_hit
from keystead.governance.types.approvals import RequestState, SubjectKind
from keystead.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from keystead.kit.access import SYSTEM, Actor
from keystead.kit.models import AuditEntry
from keystead.kit.testing.pack import RoomPack
from keystead.metrics.tests import room
from keystead.profitability import models, services
from keystead.profitability.queries.offers import (
    answer_of,
    case_for,
    cases_about,
    cases_of,
    sending,
    trial_of,
)
from keystead.profitability.tests import offer_house
from keystead.profitability.tests.offer_house import DISCOUNT, GROWTH, REBATE, TODAY
from keystead.profitability.types.offers import (
    Offer,
    OfferCase,
    Origin,
    Outlook,
    PriceMove,
    Range,
)

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> None:
    settings.KEYSTEAD_HOME = tmp_path / "home"
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_args: TODAY)


@pytest.fixture
def anna() -> Actor:
    return room.user("anna", "kam")


@pytest.fixture
def dora() -> Actor:
    return room.user("dora", "director")


@pytest.fixture
def house(anna: Actor, dora: Actor) -> dict[str, int]:
    return offer_house.build(anna, dora)


def _saved(actor: Actor, case: OfferCase, **changes: Any) -> OfferCase:
    offer = dataclasses.replace(case.offers[0], **changes)
    return services.save_offer(
        actor=actor, case_id=case.id, expected_version=case.version, offer=offer
    )


class TestOfferCasePack(RoomPack):
    model = models.OfferCaseRow

    def prepare(self) -> None:
        self.house = offer_house.build(self.writer, self.reader)

    def create(self, actor: Actor) -> int:
        return offer_house.case(actor, self.house["own"]).id

    def change(self, actor: Actor, pk: int, version: int | None) -> None:
        offer = Offer("a", "Another name")
        services.save_offer(actor=actor, case_id=pk, expected_version=version or 0, offer=offer)


def test_a_case_begins_with_two_offers_and_its_own_seed(house, anna: Actor) -> None:
    case = offer_house.case(anna, house["own"])
    assert [one.name for one in case.offers] == ["Offer A", "Offer B"]
    assert str(case.base) == "2025-07..2026-06"
    other = offer_house.case(anna, house["own"])
    assert case.setting.seed != other.setting.seed
    trial = trial_of(anna, case)
    assert trial.book.outlook is Outlook.HISTORY
    assert sum(row.worth for row in trial.book.rows) == 12 * 1800
    assert {row.cost for row in trial.book.rows} == {D(6000)}


def test_the_same_case_gives_the_same_numbers_after_new_sales(house, anna: Actor) -> None:
    case = _saved(anna, offer_house.case(anna, house["own"]), terms=Terms((REBATE,)))
    before = answer_of(anna, case, case.offers[0])
    room.post("sell_in", [{"account_id": house["own"], "product_id": house["strips"],
                           "date": date(2026, 6, 20), "quantity": 999, "value": 9999}],
              source="late")  # fmt: skip
    from keystead.profitability.queries.offers import trials

    trials._trials.clear()
    after = answer_of(anna, case_for(anna, case.id), case.offers[0])
    assert (after.invoice, after.total, after.odds) == (before.invoice, before.total, before.odds)
    assert before.total == D("216.00")  # 1 % of 21,600


def test_offers_begin_as_the_agreement_in_force(house, anna: Actor, dora: Actor) -> None:
    made = offer_house.in_force(anna, house["own"], dora, *_both())
    case = offer_house.case(anna, house["own"], Origin.IN_FORCE)
    assert [one.key for one in case.offers[0].terms.conditions] == ["volume", "invoice"]
    assert (case.agreement_id, case.today) == (made.id, case.offers[0].terms)
    found = answer_of(anna, case, case.offers[0])
    # 21,600 invoiced after 10 % are 24,000 at list; the rebate stays at 1 %.
    assert (found.list_sales, found.invoice, found.total) == (D(24000), D(21600), D("216.00"))
    assert found.margin == D(9384)
    assert found.break_even is not None
    assert found.break_even.today == found.margin


def _both() -> tuple[Actor, Actor]:
    return room.user("fin", "finance"), room.user("com", "compliance")


def test_a_start_that_cannot_be_is_refused(house, anna: Actor) -> None:
    count = models.OfferCaseRow.objects.count()
    for origin in (Origin.IN_FORCE, Origin.LAST_YEAR, Origin.DRAFT):
        with pytest.raises(Invalid) as caught:
            offer_house.case(anna, house["own"], origin)
        assert caught.value.code == "no_source"
    for changes, code in (
        ({"last": date(2026, 1, 1)}, "period_order"),
        ({"last": date(2031, 1, 1)}, "term_long"),
    ):
        with pytest.raises(Invalid) as caught:
            offer_house.case(anna, house["own"], **changes)
        assert caught.value.code == code
    offer_house.agreement(anna, house["own"])
    with pytest.raises(Invalid) as caught:
        offer_house.case(anna, house["own"], Origin.DRAFT, currency="EUR")
    assert caught.value.code == "currency_mixed"
    assert models.OfferCaseRow.objects.count() == count


def test_foreign_and_missing_are_the_same(house, anna: Actor) -> None:
    bert = room.user("bert", "kam")
    case = offer_house.case(anna, house["own"])
    for actor, case_id in ((bert, case.id), (anna, 999_999)):
        with pytest.raises(NotFound):
            case_for(actor, case_id)
        with pytest.raises(NotFound):
            services.drop_offer(actor=actor, case_id=case_id, expected_version=1, key="a")
        with pytest.raises(NotFound):
            services.submit_offer(actor=actor, case_id=case_id, expected_version=1, key="a")
        with pytest.raises(NotFound):
            services.make_contract(actor=actor, case_id=case_id, expected_version=1, key="a")
    with pytest.raises(NotFound):
        offer_house.case(anna, house["foreign"])
    with pytest.raises(NotFound):
        cases_of(bert, house["own"])


def test_between_two_and_five_offers(house, anna: Actor) -> None:
    case = offer_house.case(anna, house["own"])
    for _ in range(3):
        case = services.add_offer(
            actor=anna, case_id=case.id, expected_version=case.version, copy_of="a"
        )
    assert [one.key for one in case.offers] == list("abcde")
    with pytest.raises(Invalid, match="Five"):
        services.add_offer(actor=anna, case_id=case.id, expected_version=case.version, copy_of="a")
    for key in "bcd":
        case = services.drop_offer(
            actor=anna, case_id=case.id, expected_version=case.version, key=key
        )
    with pytest.raises(Invalid, match="Two"):
        services.drop_offer(actor=anna, case_id=case.id, expected_version=case.version, key="e")
    assert case_for(anna, case.id).offers == case.offers


def test_a_case_is_copied_and_put_away(house, anna: Actor) -> None:
    case = _saved(anna, offer_house.case(anna, house["own"]), terms=Terms((REBATE,)))
    copy = services.duplicate_case(actor=anna, case_id=case.id)
    assert (copy.offers, copy.setting, copy.commit) == (case.offers, case.setting, case.commit)
    services.discard_case(actor=anna, case_id=case.id, expected_version=case.version)
    with pytest.raises(NotFound):
        case_for(anna, case.id)
    assert [one.id for one in cases_of(anna, case.account_id)] == [copy.id]
    assert AuditEntry.objects.filter(action="offer.discard").count() == 1


def test_a_given_range_takes_the_place_of_the_history(house, anna: Actor) -> None:
    case = offer_house.case(anna, house["own"])
    wanted = dataclasses.replace(case.setting, forecast=Range(D(18000), D(24000), D(30000)))
    case = services.save_setting(
        actor=anna, case_id=case.id, expected_version=case.version, name="Given", setting=wanted
    )
    assert trial_of(anna, case).book.outlook is Outlook.GIVEN
    assert answer_of(anna, case, case.offers[0]).invoice == D("24000.00")


def test_who_may_not_see_costs_has_no_margin(house, anna: Actor) -> None:
    case = _saved(anna, offer_house.case(anna, house["own"]), terms=Terms((REBATE,)))
    program = dataclasses.replace(
        anna, token_scope=frozenset({"agreements.view", "accounts.view", "metrics.view"})
    )
    found = answer_of(program, case, case.offers[0])
    assert found.margin is None
    assert found.break_even is not None
    assert found.break_even.of == "net_net"
    assert [step.name for step in found.ours.steps] == ["volume"]
    assert answer_of(anna, case, case.offers[0]).margin == D(9384)


def test_an_offer_is_approved_with_its_p_and_l(house, anna: Actor, dora: Actor) -> None:
    case = _saved(anna, offer_house.case(anna, house["own"]), terms=Terms((REBATE,)))
    asked = services.submit_offer(
        actor=anna, case_id=case.id, expected_version=case.version, key="a"
    )
    assert (asked.kind, asked.subject_id) == (SubjectKind.OFFER, f"{case.id}:a")
    assert asked.evidence["net-net sales"] == "21384.00"
    assert asked.evidence["margin after cost of goods"] == "9384.00"
    assert asked.facts.discount_pct == D(3)
    with pytest.raises(NotAllowed):
        approvals.decide(actor=anna, request_id=asked.id, approve=True)
    approvals.decide(actor=dora, request_id=asked.id, approve=True)
    view = sending(anna, case, answer_of(anna, case, case.offers[0]))
    assert view.request is not None
    assert (view.request.state, view.current, view.may_send) == (RequestState.APPROVED, True, False)
    case = _saved(anna, case, volume_pct=D(1))
    view = sending(anna, case, answer_of(anna, case, case.offers[0]))
    assert (view.current, view.may_send) == (False, True)
    with pytest.raises(Conflict):
        services.submit_offer(actor=anna, case_id=case.id, expected_version=1, key="a")


def test_a_fee_without_proof_stops_it(house, anna: Actor) -> None:
    fee = Condition("fee", Family.LISTING_FEE, timing=Timing.LUMP, tier_measure=Measure.NONE,
                    rate_kind="fixed", tiers=tiers((0, 500)), gl_code="6410")  # fmt: skip
    from keystead.agreements.types import RateKind

    fee = dataclasses.replace(fee, rate_kind=RateKind.FIXED)
    case = _saved(anna, offer_house.case(anna, house["own"]), terms=Terms((fee,)))
    view = sending(anna, case, answer_of(anna, case, case.offers[0]))
    assert [one.rule for one in view.stops] == ["R-09"]
    with pytest.raises(Invalid) as caught:
        services.submit_offer(actor=anna, case_id=case.id, expected_version=case.version, key="a")
    assert "deliverable" in str(caught.value)
    assert latest(SubjectKind.OFFER, f"{case.id}:a") is None


def test_a_price_below_cost_waits_for_compliance(house, anna: Actor) -> None:
    moves = (PriceMove(brand="Alpha", change_pct=D(-46)),)
    case = _saved(anna, offer_house.case(anna, house["own"]), terms=Terms((REBATE,)), moves=moves)
    found = answer_of(anna, case, case.offers[0])
    view = sending(anna, case, found)
    assert [one.rule for one in view.stops] == ["R-11"]
    assert "P1" in view.stops[0].text
    with pytest.raises((Invalid, NotAllowed)):
        services.submit_offer(actor=anna, case_id=case.id, expected_version=case.version, key="a")
    assert latest(SubjectKind.OFFER, f"{case.id}:a") is None
    services.ask_compliance(actor=anna, case_id=case.id, expected_version=case.version, key="a")
    _finance, compliance = _both()
    decide_hit(actor=compliance, hit_id=models_hit(case), allow=True, reason="Clearance.")
    view = sending(anna, case, answer_of(anna, case, case.offers[0]))
    assert (view.stops, [one.rule for one in view.breaches if one.allowed]) == ((), ["R-11"])
    services.submit_offer(actor=anna, case_id=case.id, expected_version=case.version, key="a")


def test_exclusivity_is_stopped_until_compliance_allows_it(house, anna: Actor) -> None:
    terms = Terms((REBATE,), exclusive=True)
    case = _saved(anna, offer_house.case(anna, house["own"]), terms=terms)
    view = sending(anna, case, answer_of(anna, case, case.offers[0]))
    assert [one.rule for one in view.stops] == ["R-10"]
    with pytest.raises(NotAllowed):
        services.submit_offer(actor=anna, case_id=case.id, expected_version=case.version, key="a")
    assert services.ask_compliance(
        actor=anna, case_id=case.id, expected_version=case.version, key="a"
    ) == 1  # fmt: skip
    _finance, compliance = _both()
    hit = models_hit(case)
    decide_hit(actor=compliance, hit_id=hit, allow=True, reason="Market share below 5 %.")
    view = sending(anna, case, answer_of(anna, case, case.offers[0]))
    assert view.stops == ()
    assert view.breaches[0].allowed
    services.submit_offer(actor=anna, case_id=case.id, expected_version=case.version, key="a")


def models_hit(case: OfferCase) -> int:
    from keystead.governance.queries.compliance import hits_on

    return hits_on(("offer", f"{case.id}:a"))[0].id


def test_an_offer_becomes_a_draft_and_nothing_is_asked_twice(house, anna: Actor) -> None:
    moves = (PriceMove(brand="Alpha", change_pct=D(5)),)
    case = offer_house.case(anna, house["own"])
    case = _saved(anna, case, terms=Terms((REBATE, GROWTH)), moves=moves)
    case, made = services.make_contract(
        actor=anna, case_id=case.id, expected_version=case.version, key="a"
    )
    version = agreement_for(anna, made.id).versions[-1]
    assert [one.id for one in cases_about(anna, made.id)] == [case.id]
    assert [one.key for one in version.conditions] == ["volume", "growth"]
    assert [(row.product, row.amount) for row in version.prices] == [(house["strips"], D("9.45"))]
    assert (made.valid, made.currency, made.state) == (case.span, "CNY", AgreementState.DRAFT)
    assert (case.made_agreement, case.made_offer) == (made.id, "a")
    actions = AuditEntry.objects.order_by("-id").values_list("action", flat=True)[:2]
    assert set(actions) == {"agreement.create", "offer.contract"}


def test_within_a_running_agreement_it_becomes_an_amendment(
    house, anna: Actor, dora: Actor
) -> None:
    made = offer_house.in_force(anna, house["own"], dora, *_both())
    case = offer_house.case(
        anna, house["own"], Origin.IN_FORCE, starts=date(2026, 10, 1), last=date(2026, 12, 31)
    )
    better = dataclasses.replace(REBATE, tiers=tiers((0, 2)))
    case = _saved(anna, case, terms=Terms((better, DISCOUNT)))
    case, amended = services.make_contract(
        actor=anna, case_id=case.id, expected_version=case.version, key="a"
    )
    assert amended.id == made.id
    assert [one.number for one in amended.versions] == [1, 2]
    assert amended.versions[-1].conditions[0].tiers == better.tiers
    assert "Offers 2027" in amended.versions[-1].reason


def test_terms_that_a_draft_refuses_leave_nothing_behind(house, anna: Actor) -> None:
    broken = dataclasses.replace(REBATE, tiers=tiers((0, 1)), examples=(), gl_code="x",
                                 reduce_by=("nobody",))  # fmt: skip
    case = offer_house.case(anna, house["own"])
    case = _saved(anna, case, terms=Terms((broken,)))
    before = AuditEntry.objects.count()
    with pytest.raises(Invalid):
        services.make_contract(actor=anna, case_id=case.id, expected_version=case.version, key="a")
    assert AuditEntry.objects.count() == before
    assert case_for(anna, case.id).made_agreement is None


def test_recommended_prices_of_the_catalog_come_along(house, anna: Actor) -> None:
    for product, amount in ((house["strips"], "14.69"), (house["meters"], "29.38")):
        add_price(
            actor=SYSTEM, product_id=product, purpose="recommended", amount=D(amount),
            currency="CNY", tax_pct=D(13), span=Span(date(2024, 1, 1), None),
        )  # fmt: skip
    case = offer_house.case(anna, house["own"])
    assert dict(case.setting.resale) == {house["strips"]: D(13), house["meters"]: D(26)}
    theirs = answer_of(anna, case, case.offers[0]).theirs
    assert theirs is not None
    assert (theirs.resale, theirs.bought) == (D("31200.00"), D("21600.00"))
