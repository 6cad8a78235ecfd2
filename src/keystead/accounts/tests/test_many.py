"""Many accounts at once: the same rows and the same trail as one at a time."""

from __future__ import annotations

import pytest
from django.test.utils import CaptureQueriesContext

from keystead.accounts import models, queries, services
from keystead.accounts.tests.factories import account
from keystead.kernel.errors import Invalid, NotAllowed
from keystead.kit import audit
from keystead.kit.access import SYSTEM
from keystead.kit.models import AuditEntry

pytestmark = pytest.mark.django_db


def given(*codes: str) -> list[services.AccountValues]:
    return [{"code": code, "name": f"Shop {code}", "kind": "shop"} for code in codes]


def stored() -> tuple[int, int]:
    return models.Account.objects.count(), AuditEntry.objects.count()


def test_each_is_stored_and_told_as_one_at_a_time_would_be(kam):
    one = services.create_account(actor=kam, source="import 7", **given("A-0")[0])
    first, second = services.create_accounts(actor=kam, rows=given("A-1", "A-2"), source="import 7")
    assert [queries.account_for(kam, pk).code for pk in (first, second)] == ["A-1", "A-2"]
    assert [(item.username, item.role) for item in queries.team_for(kam, second)] == [
        ("lin", "owner")
    ]
    rows = list(AuditEntry.objects.order_by("-id")[:3])
    alone = next(row for row in rows if row.account_id == one.id)
    for row in rows:
        assert (row.action, row.actor_id, row.source) == ("account.create", kam.user_id, "import 7")
        assert row.subject_id == str(row.account_id)
        assert {**row.new, "code": "", "name": ""} == {**alone.new, "code": "", "name": ""}
    assert audit.verify() == (AuditEntry.objects.count(), None)
    values = models.Account.objects.values(
        "version", "created_by_id", "changed_by_id", "kind", "status", "canonical_id"
    )
    assert len({tuple(row.values()) for row in values}) == 1
    assert models.Account.objects.get(pk=second).search_key == "a-2\nshop a-2"


@pytest.mark.parametrize("codes", [("NEW", "old"), ("NEW", "new"), ("NEW", "was"), ("NEW", "")])
def test_one_wrong_row_and_nothing_is_written(codes):
    account(SYSTEM, "OLD")
    services.edit_account(actor=SYSTEM, account_id=account(SYSTEM, "WAS").id, code="IS")
    before = stored()
    with pytest.raises(Invalid) as caught:
        services.create_accounts(actor=SYSTEM, rows=given(*codes))
    assert "code" in caught.value.data["fields"]
    assert stored() == before


def test_without_the_right_nothing_is_written(finance):
    before = stored()
    with pytest.raises(NotAllowed):
        services.create_accounts(actor=finance, rows=given("A"))
    assert stored() == before


def test_ten_times_the_accounts_take_few_more_statements(db, django_assert_max_num_queries):
    with django_assert_max_num_queries(30) as few:
        services.create_accounts(actor=SYSTEM, rows=given(*(f"F{at}" for at in range(30))))
    assert isinstance(few, CaptureQueriesContext)
    with django_assert_max_num_queries(len(few) + 60):
        services.create_accounts(actor=SYSTEM, rows=given(*(f"M{at}" for at in range(300))))
