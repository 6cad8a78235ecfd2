"""Gates, retention and the chance of a renewal, worked by hand."""

from datetime import date
from decimal import Decimal

import pytest

from keystead.kernel.errors import Conflict, Invalid
from keystead.pipeline.calc.chance import chance, disagree
from keystead.pipeline.calc.gates import done, gates, late_items
from keystead.pipeline.calc.retention import booking, rated, retention, split
from keystead.pipeline.rules.renewals import after, check_closing
from keystead.pipeline.types.renewals import (
    Booking,
    Closing,
    Evidence,
    NoticeRule,
    Outcome,
    Reason,
    RenewalState,
)

D, S = Decimal, RenewalState
END = date(2026, 12, 31)


def outcome(target, final, *, currency="EUR", end=END, gates_open=0, auto=False):
    kind = booking(D(target), D(final))
    return Outcome(
        state=S.LOST if kind is Booking.CHURN else S.SIGNED, booking=kind, closed_on=end,
        term_end=end, currency=currency, target=D(target), forecast=None, final=D(final),
        manager_pct=None, model_pct=None, reason=Reason.PRICE, account_kind="university",
        auto_renews=auto, open_items=gates_open,
    )  # fmt: skip


def test_gates_stand_18_12_9_6_3_months_before():
    told = [(one.months, one.on.isoformat()) for one in gates(date(2026, 8, 31))]
    assert told == [
        (18, "2025-02-28"), (12, "2025-08-31"), (9, "2025-11-30"), (6, "2026-02-28"),
        (3, "2026-05-31"),
    ]  # fmt: skip


def test_an_item_taken_back_is_late_again():
    at = None
    shown = [Evidence("mandate", "letter", True, "Lin", at), Evidence("needs", "x", True, "Lin", at),
             Evidence("needs", "redone", False, "Lin", at)]  # fmt: skip
    assert done(shown) == {"mandate"}
    assert late_items(END, done(shown), date(2025, 7, 1)) == ("needs",)


def test_retention_by_hand():
    lines = rated([outcome(100, 120), outcome(100, 80), outcome(100, 0)], {("EUR", END): D(1)})
    found = retention(lines, open_renewals=2)
    # gross: (100 + 80 + 0) / 300 = 60 %; net: (120 + 80 + 0) / 300 = 66.7 %
    assert (found.gross_pct, found.net_pct) == (D("60.0"), D("66.7"))
    assert (found.closed, found.open, found.unrated) == (3, 2, 0)


def test_retention_takes_one_rate_for_target_and_final():
    lines = rated([outcome(100, 110, currency="CNY"), outcome(100, 50), outcome(9, 9, currency="USD")],
                  {("EUR", END): D(1), ("CNY", END): D("0.1")})  # fmt: skip
    found = retention(lines)
    # target 10 + 100, kept 10 + 50, final 11 + 50; the dollar has no rate
    assert (found.gross_pct, found.net_pct, found.unrated) == (D("54.5"), D("55.5"), 1)
    assert retention([]).gross_pct is None


def test_bookings():
    told = [booking(D(100), D(final)) for final in (120, 100, 90, 0)]
    assert told == [Booking.UPSELL, Booking.RENEWAL, Booking.DOWNSELL, Booking.CHURN]
    assert split(D(100), D(90)) == (D(0), D(10))


def test_the_model_says_nothing_below_twenty():
    found = chance({"gates": "done"}, [outcome(1, 1)] * 19)
    assert (found.pct, found.closed, found.needed) == (None, 19, 20)


def test_the_model_by_hand():
    closed = [outcome(1, 1)] * 24 + [outcome(1, 0, gates_open=2)] * 6
    found = chance({"auto_renews": "no", "account_kind": "university", "gates": "late"}, closed)
    # base (24 + 0.5) / 31 = 79 %; late: (0 + 10 x 0.790) / 16 = 49.4 %, a shift of -1.35
    # in log odds, held at -1: 79 % -> 58 %. All share the other two traits: they say nothing.
    assert (found.base_pct, found.pct, found.proved) == (D(79), D(58), False)
    assert [(one.code, one.closed, one.won, one.pct) for one in found.rules] == [
        ("gates", 6, 0, D(49))
    ]
    assert disagree(D(79), found.pct)
    assert not disagree(D(77), found.pct)


@pytest.mark.parametrize(
    ("state", "change", "code"),
    [
        (S.NEGOTIATING, {}, "state"),  # a signature follows an agreement
        (S.AGREED, {"document": ""}, "document"),
        (S.AGREED, {"final": D(0)}, "final"),
        (S.AGREED, {"on": date(2026, 11, 3)}, "on"),
        (S.AGREED, {"state": S.AUTO_RENEWED}, "auto_renew"),
        (S.AGREED, {"state": S.LOST, "final": D(0), "note": ""}, "note"),
        (S.AGREED, {"state": S.LOST, "note": "price"}, "final"),
        (S.LOST, {}, "state"),
    ],
)
def test_what_may_not_be_closed(state, change, code):
    given = {"state": S.SIGNED, "on": date(2026, 11, 2), "final": D(90), "reason": Reason.VALUE,
             "document": "A-2"} | change  # fmt: skip
    with pytest.raises((Conflict, Invalid)) as error:
        check_closing(state, Closing(**given), target=D(100), last=END, notice=NoticeRule(90),
                      today=date(2026, 11, 2))  # fmt: skip
    assert error.value.code == code


def test_closed_states_lead_nowhere():
    assert [after(one) for one in (S.SIGNED, S.LOST, S.AUTO_RENEWED)] == [(), (), ()]
    assert S.STRATEGY_APPROVED in after(S.PREPARING)
