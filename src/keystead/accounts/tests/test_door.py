"""The one door: own, foreign and missing accounts for each role, merged ones, and the tables."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from keystead.accounts import models, queries, services
from keystead.accounts.tests.factories import account, shared_with
from keystead.kernel.errors import Invalid, NotFound
from keystead.kit.access import SYSTEM, Actor

pytestmark = pytest.mark.django_db
MISSING = 999_999


def test_a_kam_sees_the_own_accounts_and_a_foreign_one_like_a_missing_one(kam, other_kam):
    mine, theirs = account(kam, "MINE"), account(other_kam, "THEIRS")
    assert queries.account_for(kam, mine.id).code == "MINE"
    answers = []
    for account_id in (theirs.id, MISSING):
        with pytest.raises(NotFound) as caught:
            queries.account_for(kam, account_id)
        answers.append((caught.value.message, caught.value.code, caught.value.hint))
    assert answers[0] == answers[1]
    assert [item.code for item in queries.accounts_for(kam)] == ["MINE"]
    assert queries.scope_for(kam) == queries.scope_for(kam).__class__(False, frozenset({mine.id}))
    assert theirs.id not in queries.scope_for(kam)


def test_a_foreign_code_is_not_given_away_by_the_hint(kam, other_kam):
    account(kam, "ABC-1")
    account(other_kam, "ABC-2")
    with pytest.raises(NotFound) as caught:
        queries.account_by_code(kam, "ABC-2")
    assert "ABC-1" in caught.value.hint
    assert "ABC-2" not in caught.value.hint
    assert queries.account_by_code(kam, " abc-1 ").code == "ABC-1"


def test_a_director_sees_the_accounts_of_everybody_below(make_user, make_actor):
    boss = make_user("boss", "director")
    lead = make_user("lead", "kam", manager=boss)
    low = make_actor("low", "kam", manager=lead)
    other = make_actor("other", "kam")
    account(low, "LOW")
    account(other, "OTHER")
    director = make_actor_again(boss)
    assert [item.code for item in queries.accounts_for(director)] == ["LOW"]


def make_actor_again(user) -> Actor:
    from keystead.kit.access import actor_for

    return actor_for(user)


@pytest.mark.parametrize("role", ["sales_ops", "marketing", "finance", "compliance"])
def test_some_roles_see_every_account(make_actor, kam, role):
    mine = account(kam, "ONE")
    actor = make_actor("all", role)
    assert queries.scope_for(actor).everything
    assert queries.account_for(actor, mine.id).code == "ONE"


def test_an_administrator_sees_no_account_even_when_on_the_team(make_actor, kam):
    mine = account(kam, "ONE")
    admin = make_actor("root", "admin")
    shared_with(mine, admin)
    assert queries.accounts_for(admin) == ()
    assert queries.scope_for(admin) == queries.scope_for(Actor(None, "anonymous", "Anonymous"))
    with pytest.raises(NotFound):
        queries.account_for(admin, mine.id)


def test_a_token_without_the_capability_sees_nothing(kam):
    mine = account(kam, "ONE")
    narrow = Actor(kam.user_id, kam.username, kam.name, kam.roles,
                   token_scope=frozenset({"metrics.view"}))  # fmt: skip
    assert queries.accounts_for(narrow) == ()
    with pytest.raises(NotFound):
        queries.account_for(narrow, mine.id)


def test_team_membership_opens_on_its_first_day_and_closes_after_its_last(kam, other_kam):
    mine = account(kam, "ONE")
    today = timezone.localdate()
    row = services.assign_team(
        actor=kam, account_id=mine.id, user_id=other_kam.user_id,
        valid_from=today + timedelta(days=1),
    )  # fmt: skip
    assert queries.accounts_for(other_kam) == ()
    models.AccountTeamMember.objects.filter(pk=row.id).update(valid_from=today)
    assert len(queries.accounts_for(other_kam)) == 1
    models.AccountTeamMember.objects.filter(pk=row.id).update(
        valid_from=today - timedelta(days=9), valid_to=today
    )
    assert queries.accounts_for(other_kam) == ()


def test_a_merged_account_is_seen_by_both_teams_under_both_ids_and_codes(kam, other_kam):
    old, new = account(kam, "OLD"), account(other_kam, "NEW")
    services.merge_accounts(actor=SYSTEM, source_id=old.id, target_id=new.id)
    for actor in (kam, other_kam):
        assert queries.account_for(actor, old.id).code == "NEW"
        assert queries.account_by_code(actor, "old").id == new.id
        assert [item.code for item in queries.accounts_for(actor)] == ["NEW"]
        assert queries.scope_for(actor).account_ids == {old.id, new.id}


def test_restrict_limits_rows_that_hang_on_accounts(kam, other_kam):
    mine, theirs = account(kam, "MINE"), account(other_kam, "THEIRS")
    rows = models.AccountTeamMember.objects.all()
    assert {row.account_id for row in queries.restrict(rows, kam)} == {mine.id}
    assert {row.account_id for row in queries.restrict(rows, SYSTEM)} == {mine.id, theirs.id}


def test_the_door_asks_what_is_mine_and_then_for_it(kam, django_assert_num_queries):
    mine = account(kam, "MINE")
    with django_assert_num_queries(2):
        queries.account_for(kam, mine.id)
    with django_assert_num_queries(2):
        queries.accounts_for(kam)
    with django_assert_num_queries(1):
        queries.may_write(kam, mine.id)
    with django_assert_num_queries(1):
        queries.scope_for(kam)


def _rows(table):
    return {row["account_id"]: row for row in table.to_pylist()}


def test_the_dimension_has_one_row_per_account_and_tells_of_the_living_one():
    group, shop, double = (
        account(code="GRP", kind="group"),
        account(code="SHOP"),
        account(code="DUP"),
    )
    services.add_membership(actor=SYSTEM, member_id=shop.id, group_id=group.id)
    services.merge_accounts(actor=SYSTEM, source_id=double.id, target_id=shop.id)
    rows = _rows(queries.account_dimension())
    assert set(rows) == {group.id, shop.id, double.id}
    assert rows[double.id] == {**rows[shop.id], "account_id": double.id}
    assert (rows[shop.id]["parent_code"], rows[shop.id]["root_name"]) == ("GRP", "Account GRP")
    assert (rows[group.id]["parent_id"], rows[group.id]["root_id"]) == (None, group.id)


def test_the_dimension_is_kept_until_something_changes(django_assert_num_queries):
    one = account(code="ONE")
    first = queries.account_dimension()
    with django_assert_num_queries(2):
        assert queries.account_dimension() is first
    services.edit_account(actor=SYSTEM, account_id=one.id, segment="A")
    assert _rows(queries.account_dimension())[one.id]["segment"] == "A"


def test_keys_hold_codes_names_and_identifiers_of_every_account():
    one = account(code="ONE")
    services.add_identifier(actor=SYSTEM, account_id=one.id, scheme="customer_code", value="17850",
                            source="erp")  # fmt: skip
    keys = [
        (row["scheme"], row["value"], row["source"]) for row in queries.account_keys().to_pylist()
    ]
    assert keys == [("own_code", "ONE", ""), ("name", "Account ONE", ""),
                    ("customer_code", "17850", "erp")]  # fmt: skip


def test_an_empty_house_gives_empty_tables():
    assert queries.account_dimension().num_rows == 0
    assert queries.account_keys().num_rows == 0


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("jd", ["JD"]), ("京东", ["JD"]), ("ＪＤ", ["JD"]), ("hopital", ["HOP"]), ("HÔPITAL luc", ["HOP"]),
        ("17850", ["JD"]), ("健康 京东", ["JD"]), ("jingdng", ["JD"]), ("", []), ("zzzzqqq", []),
        ("SECRET", []),
    ],
)  # fmt: skip
def test_search(kam, other_kam, typed, codes):
    jd = account(kam, "JD", name="京东健康 Jingdong")
    services.add_identifier(actor=kam, account_id=jd.id, scheme="customer_code", value="17850")
    account(kam, "HOP", name="Hôpital Saint-Luc", kind="hospital")
    account(other_kam, "SECRET", name="Secret 京东")
    assert [item.code for item in queries.search_accounts(kam, typed)] == codes


def test_find_pages_filters_and_orders(kam, django_assert_num_queries):
    for number in range(5):
        account(kam, f"A{number}", segment="odd" if number % 2 else "even")
    with django_assert_num_queries(3):
        page = queries.find_accounts(
            kam, filters={"segment": "even"}, order="-code", limit=2, offset=1
        )
    assert ([item.code for item in page.items], page.total) == (["A2", "A0"], 3)
    for wrong in ({"order": "version"}, {"limit": 0}, {"offset": -1}, {"filters": {"id": "1"}}):
        with pytest.raises(Invalid):
            queries.find_accounts(kam, **wrong)
