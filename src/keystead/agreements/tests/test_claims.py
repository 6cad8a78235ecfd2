"""Claims against agreements and accruals."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

import pytest

from keystead.agreements.calc.claims import Known, age_band, ageing, match
from keystead.agreements.calc.funds import refuse_overspending
from keystead.agreements.tests.world import YEAR, D, rebate, version
from keystead.agreements.types import (
    Agreement,
    AgreementKind,
    Claim,
    ClaimError,
    ClaimFlag,
    ClaimKind,
    ClaimReason,
    ClaimState,
    Family,
    FundBalance,
)
from keystead.kernel.errors import Invalid
from keystead.kernel.money import Money

TODAY = date(2026, 8, 1)
TERMS = version(rebate("vol"), rebate("fee", family=Family.LISTING_FEE))
DEAL = Agreement(7, "A-7", 1, AgreementKind.ANNUAL, YEAR, "EUR", versions=(TERMS,))
KNOWN = Known(
    (DEAL,),
    {(7, "vol"): Money(100, "EUR"), (7, "fee"): Money(50, "EUR")},
    customers=frozenset({1}),
    wholesalers=frozenset({5}),
    products=frozenset({11}),
    prices={11: D("2.50")},
    quantities={("INV-1", 11): D(40)},
)


def _claim(**more: Any) -> Claim:
    given: dict[str, Any] = {
        "account_id": 1, "external_number": "D-1", "kind": ClaimKind.DEDUCTION,
        "reason": ClaimReason.REBATE, "amount": Money(80, "EUR"), "on": date(2026, 6, 30), "id": 20,
    }  # fmt: skip
    return Claim(**{**given, **more})


def test_a_deduction_finds_its_accrual() -> None:
    found = match(_claim(), KNOWN, TODAY)
    assert (found.state, found.agreement_id, found.condition) == (ClaimState.MATCHED, 7, "vol")
    assert (found.payable, found.excess) == (Money(80, "EUR"), Money(0, "EUR"))
    assert (found.errors, found.flags, found.age_days) == ((), (), 32)


def test_an_over_claim_is_payable_up_to_the_accrual() -> None:
    found = match(_claim(amount=Money("100.01", "EUR")), KNOWN, TODAY)
    assert (found.payable, found.excess) == (Money(100, "EUR"), Money("0.01", "EUR"))
    assert found.flags == (ClaimFlag.OVER_ACCRUAL,)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"account_id": 2, "agreement_number": "a-7 "}, ClaimError.CUSTOMER),
        ({"product_id": 12}, ClaimError.PRODUCT),
        ({"product_code": "??"}, ClaimError.PRODUCT),
        ({"agreement_number": "A-8"}, ClaimError.CONTRACT),
        ({"wholesaler_id": 6}, ClaimError.WHOLESALER),
        ({"product_id": 11, "unit_price": D("2.51")}, ClaimError.PRICE),
        ({"product_id": 11, "quantity": D(41), "invoice": "INV-1"}, ClaimError.QUANTITY),
        ({"on": date(2027, 1, 1), "agreement_id": 7}, ClaimError.DATE),
    ],
)
def test_seven_error_classes(changes: dict[str, Any], error: ClaimError) -> None:
    assert match(_claim(**changes), KNOWN, TODAY).errors == (error,)


@pytest.mark.parametrize(
    "earlier",
    [
        _claim(id=3),
        _claim(id=3, external_number=" d-1"),
        _claim(id=3, external_number="X", invoice="inv-9 "),
    ],
)
def test_a_repeat_is_the_eighth_and_worth_nothing(earlier: Claim) -> None:
    claim = _claim(invoice="INV-9") if earlier.invoice else _claim()
    found = match(claim, dataclasses.replace(KNOWN, claims=(earlier, claim)), TODAY)
    assert found.errors == (ClaimError.REPEAT,)
    assert found.flags == (ClaimFlag.DUPLICATE,)
    assert (found.duplicate_of, found.payable) == (3, Money(0, "EUR"))


@pytest.mark.parametrize(
    "earlier",
    [
        _claim(id=3, state=ClaimState.REJECTED),
        _claim(id=3, account_id=2),
        _claim(id=3, external_number="D-2"),
        _claim(id=3, kind=ClaimKind.CHARGEBACK),
        _claim(id=21),
    ],
)
def test_what_is_no_repeat(earlier: Claim) -> None:
    found = match(_claim(), dataclasses.replace(KNOWN, claims=(earlier,)), TODAY)
    assert found.duplicate_of is None


def test_a_service_needs_proof() -> None:
    claim = _claim(reason=ClaimReason.SERVICE, amount=Money(50, "EUR"))
    assert match(claim, KNOWN, TODAY).flags == (ClaimFlag.NO_PROOF,)
    shown = dataclasses.replace(claim, evidence=("photo.jpg",))
    assert match(shown, KNOWN, TODAY).flags == ()


def test_two_conditions_that_fit_are_not_guessed() -> None:
    two = version(rebate("vol"), rebate("growth", family=Family.GROWTH_REBATE))
    deal = dataclasses.replace(DEAL, versions=(two,))
    both = {(7, "vol"): Money(1, "EUR"), (7, "growth"): Money(1, "EUR")}
    known = dataclasses.replace(KNOWN, agreements=(deal,), open_accruals=both)
    assert match(_claim(), known, TODAY).state is ClaimState.UNMATCHED
    one = dataclasses.replace(known, open_accruals={(7, "growth"): Money(100, "EUR")})
    assert match(_claim(), one, TODAY).condition == "growth"


def test_ageing() -> None:
    claims = [
        _claim(), _claim(on=date(2026, 1, 1)), _claim(state=ClaimState.SETTLED),
        _claim(amount=Money(5, "CNY")), _claim(on=date(2026, 7, 20), amount=Money(1, "EUR")),
    ]  # fmt: skip
    assert ageing(claims, TODAY, "EUR") == {
        "31-60": Money(80, "EUR"),
        "91+": Money(80, "EUR"),
        "0-30": Money(1, "EUR"),
    }
    assert age_band(61) == "61-90"


def test_a_fund_that_is_over_promises_nothing() -> None:
    fund = FundBalance("mdf", Money(100, "EUR"), Money(0, "EUR"), Money(0, "EUR"), TODAY)
    refuse_overspending(fund, Money(100, "EUR"), TODAY)
    with pytest.raises(Invalid) as caught:
        refuse_overspending(fund, Money(1, "EUR"), date(2026, 8, 2))
    assert caught.value.code == "fund_expired"
