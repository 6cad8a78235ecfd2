"""Writes: the pack for each model, and what each service refuses."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from keystead.accounts import models, queries, services
from keystead.accounts.tests.factories import account, shared_with
from keystead.accounts.types import Freshness, MembershipRole
from keystead.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from keystead.kit.access import SYSTEM
from keystead.kit.models import AuditEntry
from keystead.kit.testing.pack import RoomPack

pytestmark = pytest.mark.django_db


class _OnAccount(RoomPack):
    def prepare(self):
        self.account = account(self.writer, "PACK", country="CN", currency="CNY")


class TestAccounts(RoomPack):
    model = models.Account

    def create(self, actor):
        return account(actor, "PACK").id

    def change(self, actor, pk, version):
        services.edit_account(actor=actor, account_id=pk, version=version, name="Other")


class TestIdentifiers(_OnAccount):
    model = models.AccountIdentifier

    def create(self, actor):
        return services.add_identifier(
            actor=actor, account_id=self.account.id, scheme="customer_code", value="1", source="erp"
        ).id

    def change(self, actor, pk, version):
        services.edit_identifier(actor=actor, identifier_id=pk, version=version, value="2")


class TestMeasures(_OnAccount):
    model = models.AccountMeasure
    today = date(2026, 1, 1)

    def create(self, actor):
        return services.set_measure(
            actor=actor, account_id=self.account.id, kind="beds", value=900, as_of=self.today
        ).id

    def change(self, actor, pk, version):
        services.set_measure(
            actor=actor, account_id=self.account.id, kind="beds", value=901, as_of=self.today,
            version=version,
        )  # fmt: skip


class TestMemberships(_OnAccount):
    model = models.AccountMembership

    def prepare(self):
        super().prepare()
        self.group = account(self.writer, "GROUP", kind="group")

    def create(self, actor):
        return services.add_membership(
            actor=actor, member_id=self.account.id, group_id=self.group.id
        ).id

    def change(self, actor, pk, version):
        services.end_membership(
            actor=actor, membership_id=pk, valid_to=date(2026, 1, 1), version=version
        )


class TestTeam(_OnAccount):
    model = models.AccountTeamMember

    def create(self, actor):
        return services.assign_team(
            actor=actor, account_id=self.account.id, user_id=self.reader.user_id,
            valid_from=date(2025, 1, 1),
        ).id  # fmt: skip

    def change(self, actor, pk, version):
        services.end_team(actor=actor, team_id=pk, valid_to=date(2026, 1, 1), version=version)


class TestProfileValues(_OnAccount):
    model = models.ProfileValue

    def create(self, actor):
        return services.set_profile(
            actor=actor, account_id=self.account.id, key="risks", value="Tender in May"
        ).id

    def change(self, actor, pk, version):
        services.set_profile(
            actor=actor, account_id=self.account.id, key="risks", value="None", version=version
        )


class TestProfileFields(RoomPack):
    model = models.ProfileField
    writer_roles = ("sales_ops",)
    scoped = False

    def create(self, actor):
        actor.require("reference.edit") if actor is self.reader else None
        key = services.define_profile_field(actor=actor, label="Cold chain")
        return models.ProfileField.objects.get(key=key).pk

    def change(self, actor, pk, version):
        key = models.ProfileField.objects.get(pk=pk).key
        services.edit_profile_field(actor=actor, key=key, version=version, freshness_days=30)

    reader_roles = ("kam",)


def test_a_kam_who_creates_an_account_owns_it_and_sales_operations_do_not(kam, sales_ops):
    mine, free = account(kam, "MINE"), account(sales_ops, "FREE")
    assert [(item.username, item.role) for item in queries.team_for(kam, mine.id)] == [
        ("lin", "owner")
    ]
    assert queries.team_for(sales_ops, free.id) == ()


def test_a_kam_cannot_create_an_account_for_a_stranger(kam, other_kam):
    with pytest.raises(Invalid):
        services.create_account(
            actor=kam, owner_id=other_kam.user_id, code="X", name="X", kind="shop"
        )
    assert models.Account.objects.count() == 0


def test_a_code_is_taken_once_in_any_case(kam, other_kam):
    account(kam, "JD")
    with pytest.raises(Invalid) as caught:
        account(other_kam, "jd")
    assert caught.value.data["fields"] == {"code": "The code jd is taken by another account."}


def test_a_changed_code_stays_as_an_identifier_and_stays_taken(kam):
    one = account(kam, "OLD")
    services.edit_account(actor=kam, account_id=one.id, code="NEW")
    assert [(item.scheme, item.value) for item in queries.identifiers_for(kam, one.id)] == [
        ("own_code", "OLD")
    ]
    with pytest.raises(Invalid):
        account(kam, "old")
    services.edit_account(actor=kam, account_id=one.id, code="OLD")
    services.edit_account(actor=kam, account_id=one.id, code="NEW")
    assert len(queries.identifiers_for(kam, one.id)) == 2


def test_nothing_is_written_when_nothing_changed(kam):
    one = account(kam, "ONE")
    entries = AuditEntry.objects.count()
    again = services.edit_account(actor=kam, account_id=one.id, version=1, name=" Account  ONE ")
    assert (again.version, AuditEntry.objects.count()) == (1, entries)


def test_the_conflict_tells_both_values(kam):
    one = account(kam, "ONE")
    services.edit_account(actor=kam, account_id=one.id, version=1, name="Theirs")
    with pytest.raises(Conflict) as caught:
        services.edit_account(actor=kam, account_id=one.id, version=1, name="Mine")
    assert (caught.value.data["mine"]["name"], caught.value.data["theirs"]["name"]) == (
        "Mine",
        "Theirs",
    )
    assert "search_key" not in caught.value.data["mine"]


def test_the_trail_keeps_only_what_changed(kam):
    one = account(kam, "ONE")
    services.edit_account(actor=kam, account_id=one.id, segment="A")
    entry = AuditEntry.objects.latest("id")
    assert (entry.old, entry.new, entry.account_id) == ({"segment": ""}, {"segment": "A"}, one.id)


def test_an_identifier_belongs_to_one_account_on_a_day(kam):
    one, two = account(kam, "ONE"), account(kam, "TWO")
    add = services.add_identifier
    add(actor=kam, account_id=one.id, scheme="customer_code", value="17850", source="erp",
        valid_to=date(2026, 1, 1))  # fmt: skip
    with pytest.raises(Invalid) as caught:
        add(actor=kam, account_id=two.id, scheme="customer_code", value="17850", source="erp")
    assert caught.value.message == "17850 belongs to Account ONE."
    add(actor=kam, account_id=two.id, scheme="customer_code", value="17850", source="crm")
    add(actor=kam, account_id=two.id, scheme="customer_code", value="17850", source="erp",
        valid_from=date(2026, 1, 1))  # fmt: skip
    add(actor=kam, account_id=one.id, scheme="alias", value="Same name")
    add(actor=kam, account_id=two.id, scheme="alias", value="Same name")
    assert models.AccountIdentifier.objects.count() == 5


def test_a_foreign_owner_of_an_identifier_is_not_named(kam, other_kam):
    theirs, mine = account(other_kam, "THEIRS"), account(kam, "MINE")
    services.add_identifier(actor=other_kam, account_id=theirs.id, scheme="ror", value="00pjdza24")
    with pytest.raises(Invalid) as caught:
        services.add_identifier(actor=kam, account_id=mine.id, scheme="ror", value="00pjdza24",
                                source="x")  # fmt: skip
    assert caught.value.message == "00pjdza24 belongs to another account."


def test_a_removed_identifier_is_no_longer_found(kam):
    one = account(kam, "ONE")
    row = services.add_identifier(actor=kam, account_id=one.id, scheme="other", value="XY99")
    assert queries.search_accounts(kam, "XY99")
    services.remove_identifier(actor=kam, identifier_id=row.id, version=row.version)
    assert queries.identifiers_for(kam, one.id) == ()
    assert queries.search_accounts(kam, "XY99") == ()
    assert AuditEntry.objects.latest("id").old["value"] == "XY99"


def test_removing_a_changed_row_is_a_conflict(kam):
    one = account(kam, "ONE")
    row = services.set_measure(
        actor=kam, account_id=one.id, kind="beds", value=1, as_of=date(2026, 1, 1)
    )
    with pytest.raises(Conflict):
        services.remove_measure(actor=kam, measure_id=row.id, version=row.version + 1)
    assert len(queries.measures_for(kam, one.id)) == 1
    services.remove_measure(actor=kam, measure_id=row.id, version=row.version)
    assert queries.measures_for(kam, one.id) == ()


def test_measures_keep_history_and_prefer_the_surer_source(kam):
    one = account(kam, "ONE", currency="EUR")
    put = lambda value, day, **more: services.set_measure(  # noqa: E731
        actor=kam, account_id=one.id, kind="beds", value=value, as_of=day, **more)  # fmt: skip
    put(900, date(2024, 12, 31))
    put(950, date(2025, 12, 31), source="web", confidence="low")
    put(940, date(2025, 12, 31), source="report", confidence="high", unit="beds")
    budget = services.set_measure(actor=kam, account_id=one.id, kind="budget",
                                  value=Decimal("1250000.50"), as_of=date(2026, 1, 1))  # fmt: skip
    assert (budget.currency, budget.unit, budget.value) == ("EUR", "", Decimal("1250000.5000"))
    latest = queries.measures_for(kam, one.id, latest=True)
    assert [(item.kind, item.value) for item in latest] == [
        ("beds", 940),
        ("budget", Decimal("1250000.5")),
    ]
    assert [item.value for item in queries.measures_for(kam, one.id, on=date(2025, 1, 1))] == [900]


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "rooms"}, {"value": Decimal("-1")}, {"value": Decimal("NaN")}, {"value": Decimal("1.00001")},
     {"kind": "budget"}, {"confidence": "sure"}],
)  # fmt: skip
def test_wrong_measures_are_refused(kam, wrong):
    one = account(kam, "ONE")
    given = {"kind": "beds", "value": Decimal(1), "as_of": date(2026, 1, 1), **wrong}
    with pytest.raises(Invalid):
        services.set_measure(actor=kam, account_id=one.id, **given)
    assert models.AccountMeasure.objects.count() == 0


def test_profile_shows_every_field_and_goes_stale(kam):
    shop, school = account(kam, "SHOP", kind="shop"), account(kam, "UNI", kind="university")
    today = timezone.localdate()
    services.set_profile(actor=kam, account_id=shop.id, key="risks", value="Price war",
                         reviewed_on=today - timedelta(days=91))  # fmt: skip
    entries = {item.key: item for item in queries.profile_for(kam, shop.id)}
    assert len(entries) == 13
    assert entries["risks"].freshness is Freshness.STALE
    assert entries["needs"].freshness is Freshness.EMPTY
    assert "logistics" not in {item.key for item in queries.profile_for(kam, school.id)}
    fresh = services.review_profile(actor=kam, account_id=shop.id, key="risks")
    assert (fresh.freshness, fresh.value, fresh.reviewed_on) == (
        Freshness.FRESH,
        "Price war",
        today,
    )


def test_profile_refuses_the_future_the_unknown_and_two_first_answers(kam):
    shop = account(kam, "SHOP", kind="university")
    put = services.set_profile
    with pytest.raises(Invalid):
        put(actor=kam, account_id=shop.id, key="risks", value="x",
            reviewed_on=timezone.localdate() + timedelta(days=1))  # fmt: skip
    for key in ("colour", "logistics"):
        with pytest.raises(NotFound):
            put(actor=kam, account_id=shop.id, key=key, value="x")
    put(actor=kam, account_id=shop.id, key="risks", value="first", version=0)
    with pytest.raises(Conflict) as caught:
        put(actor=kam, account_id=shop.id, key="risks", value="second", version=0)
    assert caught.value.data["theirs"]["value"] == "first"
    with pytest.raises(Invalid):
        services.review_profile(actor=kam, account_id=shop.id, key="needs")


def test_one_parent_at_a_time_many_consortia(kam):
    one, red, blue = (account(kam, code, kind="group") for code in ("ONE", "RED", "BLUE"))
    add = services.add_membership
    add(actor=kam, member_id=one.id, group_id=red.id, valid_to=date(2026, 1, 1))
    with pytest.raises(Invalid) as caught:
        add(actor=kam, member_id=one.id, group_id=blue.id, valid_from=date(2025, 12, 31))
    assert caught.value.code == "membership_second_parent"
    add(actor=kam, member_id=one.id, group_id=blue.id, valid_from=date(2026, 1, 1))
    for group in (red, blue):
        add(actor=kam, member_id=one.id, group_id=group.id, role="consortium_member")
    with pytest.raises(Invalid) as caught:
        add(actor=kam, member_id=one.id, group_id=red.id, role="consortium_member")
    assert caught.value.code == "membership_twice"
    assert queries.descendants(red.id, date(2025, 6, 1)) == {one.id}
    assert queries.descendants(blue.id, date(2025, 6, 1)) == frozenset()
    assert queries.descendants(blue.id, date(2026, 6, 1)) == {one.id}
    members = queries.members_of(kam, red.id, role=MembershipRole.CONSORTIUM_MEMBER)
    assert [item.member_code for item in members] == ["ONE"]
    assert [item.code for item in queries.ancestors(kam, one.id, date(2025, 6, 1))] == ["RED"]


def test_a_cycle_is_refused_with_its_path(kam):
    a, b, c = (account(kam, code, kind="group") for code in "ABC")
    services.add_membership(actor=kam, member_id=b.id, group_id=a.id)
    services.add_membership(actor=kam, member_id=c.id, group_id=b.id)
    with pytest.raises(Invalid) as caught:
        services.add_membership(actor=kam, member_id=a.id, group_id=c.id)
    assert "A → C → B → A" in caught.value.message
    with pytest.raises(Invalid):
        services.add_membership(actor=kam, member_id=a.id, group_id=a.id)
    assert models.AccountMembership.objects.count() == 2


def test_a_foreign_group_is_a_missing_group(kam, other_kam):
    mine, theirs = account(kam, "MINE"), account(other_kam, "THEIRS", kind="group")
    with pytest.raises(NotFound):
        services.add_membership(actor=kam, member_id=mine.id, group_id=theirs.id)
    link = services.add_membership(actor=SYSTEM, member_id=mine.id, group_id=theirs.id)
    assert queries.groups_of(kam, mine.id) == ()
    assert queries.ancestors(kam, mine.id) == ()
    with pytest.raises(NotFound):
        services.remove_membership(actor=kam, membership_id=link.id)
    assert models.AccountMembership.objects.count() == 1


def test_a_membership_ends_but_does_not_grow_again(kam):
    one, red = account(kam, "ONE"), account(kam, "RED", kind="group")
    row = services.add_membership(actor=kam, member_id=one.id, group_id=red.id,
                                  valid_from=date(2025, 1, 1))  # fmt: skip
    row = services.end_membership(actor=kam, membership_id=row.id, valid_to=date(2026, 1, 1))
    assert row.span.last_day == date(2025, 12, 31)
    for end in (date(2026, 2, 1), date(2025, 1, 1)):
        with pytest.raises(Invalid):
            services.end_membership(actor=kam, membership_id=row.id, valid_to=end)
    services.remove_membership(actor=kam, membership_id=row.id)
    assert models.AccountMembership.objects.count() == 0


def test_one_owner_at_a_time_and_a_hand_over(kam, other_kam):
    one = account(kam, "ONE")
    today = timezone.localdate()
    models.AccountTeamMember.objects.update(valid_from=today - timedelta(days=30))
    with pytest.raises(Invalid) as caught:
        services.assign_team(actor=kam, account_id=one.id, user_id=other_kam.user_id, role="owner")
    assert caught.value.code == "team_second_owner"
    services.assign_team(actor=kam, account_id=one.id, user_id=other_kam.user_id, role="owner",
                         hand_over=True)  # fmt: skip
    assert [item.username for item in queries.team_for(other_kam, one.id)] == ["claire"]
    history = queries.team_for(other_kam, one.id, history=True)
    assert [(item.username, item.span.valid_to) for item in history] == [
        ("claire", None),
        ("lin", today),
    ]
    with pytest.raises(NotFound):
        queries.account_for(kam, one.id)


def test_a_person_is_once_in_a_team_and_an_inactive_one_never(kam, other_kam, make_user):
    one = account(kam, "ONE")
    shared_with(one, other_kam)
    with pytest.raises(Invalid) as caught:
        shared_with(one, other_kam)
    assert caught.value.code == "team_twice"
    gone = make_user("gone", "kam", is_active=False)
    with pytest.raises(Invalid):
        services.assign_team(actor=kam, account_id=one.id, user_id=gone.pk)
    assert models.AccountTeamMember.objects.count() == 2


def test_who_joined_today_keeps_one_day_in_the_trail(kam, other_kam):
    one = account(kam, "ONE")
    row = services.assign_team(actor=kam, account_id=one.id, user_id=other_kam.user_id)
    ended = services.end_team(actor=kam, team_id=row.id, version=row.version)
    assert ended.span.valid_to == timezone.localdate() + timedelta(days=1)


def test_a_reader_who_sees_the_account_may_not_write_it(kam, viewer):
    one = shared_with(account(kam, "ONE"), viewer)
    assert queries.account_for(viewer, one.id).code == "ONE"
    entries = AuditEntry.objects.count()
    for call in (
        lambda: services.edit_account(actor=viewer, account_id=one.id, name="x"),
        lambda: services.add_identifier(actor=viewer, account_id=one.id, scheme="other", value="x"),
        lambda: services.set_profile(actor=viewer, account_id=one.id, key="risks", value="x"),
        lambda: services.assign_team(actor=viewer, account_id=one.id, user_id=viewer.user_id),
        lambda: services.merge_accounts(actor=kam, source_id=one.id, target_id=one.id),
    ):
        with pytest.raises(NotAllowed):
            call()
    assert AuditEntry.objects.count() == entries
