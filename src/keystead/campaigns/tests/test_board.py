"""The board: columns, sums by currency, what is cancelled stays out; limits of hospitality."""

from datetime import date
from decimal import Decimal

from keystead.campaigns.calc.board import COLUMNS, board
from keystead.campaigns.rules.transfers import TransferRule, rule_on, transfer_facts
from keystead.campaigns.tests.world import expense
from keystead.campaigns.types import ExpenseState, RecipientKind, Transfer
from keystead.kernel.money import Money


def test_columns_hold_their_expenses_with_sums_by_currency():
    found = board([
        expense(1, ExpenseState.PLANNED, 100),
        expense(2, ExpenseState.PLANNED, 50, currency="EUR"),
        expense(3, ExpenseState.POSTED, 70, actual=60),
        expense(4, ExpenseState.CANCELLED, 500),
    ])  # fmt: skip
    assert tuple(column.state for column in found) == COLUMNS
    assert [one.id for one in found[0].expenses] == [1, 2]
    assert found[0].sums == (Money(100, "CNY"), Money(50, "EUR"))
    assert found[4].sums == (Money(60, "CNY"),)
    assert sum(len(column.expenses) for column in found) == 3


RULES = (
    TransferRule("FR", date(2000, 1, 1), True, Money("60", "EUR")),
    TransferRule("FR", date(2026, 7, 1), True, Money("5", "EUR")),
)


def test_a_limit_in_another_currency_is_no_licence():
    given = Transfer(
        recipient=RecipientKind.HCP, recipient_country="fr", hospitality_per_person=Decimal(10)
    )
    same = expense(1, ExpenseState.PROVED, 100, currency="EUR", transfer=given)
    other = expense(1, ExpenseState.PROVED, 100, currency="CNY", transfer=given)
    assert transfer_facts(same, RULES[:1])["over_hospitality_limit"] is False
    assert transfer_facts(other, RULES)["over_hospitality_limit"] is True
    assert transfer_facts(same, RULES)["recipient_is_hcp"] is True


def test_the_rule_of_the_day_counts():
    assert rule_on(RULES, "FR", date(2026, 6, 30)).limit == Money("60", "EUR")
    assert rule_on(RULES, "FR", date(2026, 7, 1)).limit == Money("5", "EUR")
    assert rule_on(RULES, "XX", date(2026, 7, 1)) is None
