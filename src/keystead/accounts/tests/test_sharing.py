"""Shares, territories, hand-overs and field groups: what they open, for whom, and until when."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import override_settings
from django.utils import timezone

from keystead.accounts import models, queries, services
from keystead.accounts.tests.factories import account, shared_with
from keystead.accounts.types import GrantKind
from keystead.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from keystead.kit.access import SYSTEM, actor_for
from keystead.kit.models import AuditEntry, BreakGlass, User
from keystead.kit.testing.pack import RoomPack

pytestmark = pytest.mark.django_db
WHY = "Covers the holidays"


def tomorrow(days: int = 1) -> date:
    return timezone.localdate() + timedelta(days=days)


def share(actor, one, user, **more):
    given = {"reason": WHY, "valid_to": tomorrow(10), **more}
    return services.share_account(actor=actor, account_id=one.id, user_id=user.user_id, **given)


def codes(actor) -> list[str]:
    return [item.code for item in queries.accounts_for(actor)]


def again(actor):
    """The actor of the next request."""
    return actor_for(User.objects.get(pk=actor.user_id))


class TestShares:
    def test_a_share_opens_for_reading_until_it_ends_and_is_gone_at_once(self, kam, other_kam):
        one = account(kam, "ONE")
        assert codes(other_kam) == []
        before = AuditEntry.objects.count()
        made = share(kam, one, other_kam)
        assert codes(other_kam) == ["ONE"]
        assert one.id in queries.scope_for(other_kam)
        services.end_share(actor=kam, share_id=made.id)
        assert codes(other_kam) == []
        acts = AuditEntry.objects.filter(pk__gt=before).order_by("pk")
        assert [row.action for row in acts] == ["account.share", "account.share.end"]
        assert (acts[0].why, acts[0].account_id) == (WHY, one.id)
        services.end_share(actor=kam, share_id=made.id)
        assert AuditEntry.objects.count() == before + 2

    @pytest.mark.parametrize(("first", "last", "seen"), [(0, 1, True), (1, 2, False)])
    def test_a_share_holds_only_in_its_days(self, kam, other_kam, first, last, seen):
        one = account(kam, "ONE")
        share(kam, one, other_kam, valid_from=tomorrow(first), valid_to=tomorrow(last))
        assert (codes(other_kam) == ["ONE"]) is seen

    def test_who_reads_by_a_share_writes_nothing(self, kam, other_kam):
        one = account(kam, "ONE")
        share(kam, one, other_kam)
        before = AuditEntry.objects.count()
        for act in (
            lambda: services.edit_account(actor=other_kam, account_id=one.id, version=1, name="X"),
            lambda: services.set_profile(
                actor=other_kam, account_id=one.id, key="risks", value="X"
            ),
            lambda: services.add_identifier(
                actor=other_kam, account_id=one.id, scheme="other", value="7"
            ),
            lambda: services.set_measure(
                actor=other_kam, account_id=one.id, kind="beds", value=1, as_of=date(2026, 1, 1)
            ),
            lambda: share(other_kam, one, other_kam),
            lambda: services.assign_team(
                actor=other_kam, account_id=one.id, user_id=other_kam.user_id
            ),
        ):
            with pytest.raises(NotAllowed):
                act()
        assert AuditEntry.objects.count() == before
        assert models.Account.objects.get(pk=one.id).name == "Account ONE"

    def test_a_director_may_let_write_and_leave_the_end_open(self, make_user, other_kam):
        boss = make_user("boss", "director")
        low = actor_for(make_user("low", "kam", manager=boss))
        one = account(low, "ONE")
        share(actor_for(boss), one, other_kam, rights="write", valid_to=None)
        services.set_profile(actor=other_kam, account_id=one.id, key="risks", value="Seen")
        with pytest.raises(NotAllowed):
            share(other_kam, one, low)  # who was let in does not let others in

    @pytest.mark.parametrize(
        ("values", "code"),
        [
            ({"reason": " "}, "share_reason"),
            ({"valid_to": None}, "share_end"),
            ({"rights": "write"}, "share_write"),
            ({"rights": "own"}, "choice"),
        ],
    )
    def test_an_owner_shares_with_reason_to_read_and_until_a_day(
        self, kam, other_kam, values, code
    ):
        one = account(kam, "ONE")
        with pytest.raises(Invalid) as caught:
            share(kam, one, other_kam, **values)
        assert caught.value.code == code
        assert models.AccountShare.objects.count() == 0

    def test_a_member_of_the_team_does_not_share_and_a_stranger_finds_nothing(
        self, kam, other_kam, make_actor
    ):
        one, third = account(kam, "ONE"), make_actor("third", "kam")
        shared_with(one, other_kam)
        with pytest.raises(NotAllowed):
            share(other_kam, one, third)
        with pytest.raises(NotFound):
            share(third, one, other_kam)
        made = share(kam, one, make_actor("fourth", "viewer"))
        with pytest.raises(NotFound):
            services.end_share(actor=third, share_id=made.id)

    def test_not_twice_not_with_a_role_that_opens_nothing_not_over_a_newer_version(
        self, kam, other_kam, admin
    ):
        one = account(kam, "ONE")
        made = share(kam, one, other_kam)
        for who, code in ((other_kam, "share_twice"), (admin, "share_role")):
            with pytest.raises(Invalid) as caught:
                share(kam, one, who)
            assert caught.value.code == code
        with pytest.raises(Conflict):
            services.end_share(actor=kam, share_id=made.id, version=7)

    @pytest.mark.parametrize("role", ["finance", "marketing", "viewer", "admin", "compliance"])
    def test_roles_without_sharing_do_not_share(self, kam, other_kam, make_actor, role):
        one = account(kam, "ONE")
        with pytest.raises((NotAllowed, NotFound)):
            share(make_actor(role, role), one, other_kam)


class TestTerritories:
    def tree(self, boss):
        ops = SYSTEM
        services.add_territory(actor=ops, code="CN", name="China", lead_id=boss.user_id)
        services.add_territory(actor=ops, code="East", parent_code="CN")
        services.add_territory(actor=ops, code="FR")

    def test_a_director_sees_what_they_lead_and_all_below(self, kam, make_actor):
        boss = make_actor("boss", "director")
        for code, territory in (("A", "East"), ("B", "CN"), ("C", "FR"), ("D", "")):
            account(kam, code, territory=territory)
        assert codes(boss) == []
        self.tree(boss)
        assert codes(boss) == ["A", "B"]
        services.edit_account(
            actor=boss, account_id=queries.account_by_code(boss, "A").id, version=1, name="New"
        )
        with pytest.raises(NotFound):
            queries.account_by_code(boss, "C")

    def test_leading_opens_nothing_to_other_roles_and_ends_with_the_day(self, kam, make_actor):
        boss, viewer = make_actor("boss", "director"), make_actor("v", "viewer")
        account(kam, "B", territory="CN")
        made = services.add_territory(
            actor=SYSTEM, code="CN", lead_id=viewer.user_id, valid_from=tomorrow(-9)
        )
        assert codes(viewer) == []
        services.change_territory(
            actor=SYSTEM, territory_id=made.id, name="", parent_code="", lead_id=boss.user_id
        )
        assert codes(boss) == ["B"]
        later = services.change_territory(
            actor=SYSTEM, territory_id=made.id, name="", parent_code="",
            lead_id=None, valid_from=timezone.localdate(),
        )  # fmt: skip
        assert (later.id != made.id, codes(boss)) == (True, [])
        then = queries.territories(SYSTEM, on=tomorrow(-1))
        assert [(row.code, row.lead_id) for row in then] == [("CN", boss.user_id)]

    def test_no_circle_no_twin_and_only_sales_operations_change_it(self, kam, sales_ops):
        made = services.add_territory(actor=sales_ops, code="CN")
        services.add_territory(actor=sales_ops, code="East", parent_code="CN")
        with pytest.raises(Invalid) as caught:
            services.change_territory(
                actor=sales_ops, territory_id=made.id, name="", parent_code="East", lead_id=None
            )
        assert caught.value.code == "territory_circle"
        with pytest.raises(Invalid):
            services.add_territory(actor=sales_ops, code="CN")
        with pytest.raises(NotAllowed):
            services.add_territory(actor=kam, code="FR")


class TestTerritoryRows(RoomPack):
    model = models.Territory
    writer_roles = ("sales_ops",)
    reader_roles = ("kam",)
    scoped = False

    def create(self, actor):
        return services.add_territory(actor=actor, code="CN").id

    def change(self, actor, pk, version):
        services.change_territory(
            actor=actor, territory_id=pk, name="China", parent_code="", lead_id=None,
            version=version,
        )  # fmt: skip


class TestWhy:
    def test_every_grant_is_named_and_nobody_else_sees_it(self, make_user, make_actor, finance):
        boss = make_user("boss", "director")
        lead = make_actor("lead", "director")
        owner = actor_for(make_user("owner", "kam", manager=boss))
        guest, stranger = make_actor("guest", "kam"), make_actor("stranger", "kam")
        root = make_actor("root", "admin")
        one = account(owner, "ONE", territory="CN")
        share(owner, one, guest)
        services.add_territory(actor=SYSTEM, code="CN", lead_id=lead.user_id)
        now = timezone.now()
        BreakGlass.objects.create(user_id=root.user_id, reason="Outage", ends_at=now + timedelta(1))
        found = {
            user: [grant.kind for grant in grants]
            for user, grants in queries.who_sees(owner, one.id).items()
        }
        assert found == {
            owner.user_id: [GrantKind.TEAM],
            boss.pk: [GrantKind.REPORT_LINE],
            guest.user_id: [GrantKind.SHARE],
            lead.user_id: [GrantKind.TERRITORY],
            finance.user_id: [GrantKind.ROLE],
            root.user_id: [GrantKind.BREAK_GLASS],
        }
        for user in User.objects.all():
            seen = "ONE" in codes(actor_for(user))
            assert seen == (user.pk in found), user.username
        answer = queries.why_visible(owner, one.id, guest.user_id)[0]
        assert (answer.reason, answer.given_by) == (WHY, str(User.objects.get(username="owner")))
        assert queries.why_visible(owner, one.id, stranger.user_id) == ()

    def test_only_about_an_account_one_sees_and_about_others_only_with_the_right(
        self, kam, other_kam, viewer
    ):
        one = account(kam, "ONE")
        with pytest.raises(NotFound):
            queries.why_visible(other_kam, one.id, kam.user_id)
        shared_with(one, viewer)
        assert queries.why_visible(viewer, one.id, viewer.user_id)[0].kind is GrantKind.TEAM
        with pytest.raises(NotAllowed):
            queries.why_visible(viewer, one.id, kam.user_id)


class TestHandover:
    def test_the_heir_sees_it_and_the_old_owner_does_not(self, kam, other_kam):
        one = account(kam, "ONE")
        services.hand_over(
            actor=kam, account_id=one.id, to_user_id=other_kam.user_id, reason="New region"
        )
        assert (codes(kam), codes(other_kam)) == ([], ["ONE"])
        owners = [row.user_id for row in queries.team_for(other_kam, one.id)]
        assert owners == [other_kam.user_id]

    @pytest.mark.parametrize("zone", ["Europe/Paris", "Asia/Shanghai"])
    @pytest.mark.parametrize("server", ["UTC", "Europe/Paris", "Asia/Shanghai"])
    def test_at_midnight_of_a_zone_to_the_second(self, kam, other_kam, monkeypatch, zone, server):
        midnight = datetime(2027, 1, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC)
        with override_settings(TIME_ZONE=server):
            timezone.get_default_timezone.cache_clear()
            try:
                one = account(kam, "ONE")
                made = services.hand_over(
                    actor=kam, account_id=one.id, to_user_id=other_kam.user_id,
                    reason="New region", at=midnight,
                )  # fmt: skip
                assert made.at == midnight
                for moment, left, right in (
                    (midnight - timedelta(hours=30), ["ONE"], []),
                    (midnight - timedelta(seconds=1), ["ONE"], []),
                    (midnight, [], ["ONE"]),
                    (midnight + timedelta(hours=30), [], ["ONE"]),
                ):
                    monkeypatch.setattr(timezone, "now", lambda moment=moment: moment)
                    assert (codes(kam), codes(other_kam)) == (left, right), moment
            finally:
                timezone.get_default_timezone.cache_clear()

    def test_both_lists_show_it_before_and_only_the_heirs_after(
        self, kam, other_kam, make_actor, monkeypatch
    ):
        one, at = account(kam, "ONE"), timezone.now() + timedelta(days=3)
        services.hand_over(
            actor=kam, account_id=one.id, to_user_id=other_kam.user_id, reason="New region", at=at
        )
        for who in (kam, other_kam):
            assert [item.at for item in queries.handovers_for(who)] == [at]
        assert queries.handovers_for(make_actor("third", "kam")) == ()
        monkeypatch.setattr(timezone, "now", lambda: at)
        assert queries.handovers_for(kam) == ()
        assert [item.account_code for item in queries.handovers_for(other_kam)] == ["ONE"]

    def test_it_can_be_taken_back_before_its_moment_and_all_is_as_before(self, kam, other_kam):
        one = account(kam, "ONE")
        shared_with(one, other_kam)
        before = list(models.AccountTeamMember.objects.order_by("id").values("user", "valid_to"))
        made = services.hand_over(
            actor=kam, account_id=one.id, to_user_id=other_kam.user_id, reason="New region",
            at=timezone.now() + timedelta(days=3),
        )  # fmt: skip
        with pytest.raises(Invalid) as caught:
            services.hand_over(
                actor=kam, account_id=one.id, to_user_id=other_kam.user_id, reason="Once more"
            )
        assert caught.value.code == "handover_twice"
        services.cancel_handover(actor=kam, handover_id=made.id)
        rows = models.AccountTeamMember.objects.order_by("id")
        assert list(rows.values("user", "valid_to")) == before
        assert not rows.exclude(ends_at=None).exists()
        with pytest.raises(NotFound):
            services.cancel_handover(actor=kam, handover_id=made.id)

    def test_handed_on_twice_in_a_day_opens_nothing_early(
        self, kam, other_kam, make_actor, monkeypatch
    ):
        one, third = account(kam, "ONE"), make_actor("third", "kam")
        now = datetime(2027, 3, 1, 9, tzinfo=UTC)
        monkeypatch.setattr(timezone, "now", lambda: now)

        def give(actor, to, hours=0):
            services.hand_over(
                actor=actor, account_id=one.id, to_user_id=to.user_id, reason="New region",
                at=now + timedelta(hours=hours),
            )  # fmt: skip

        give(kam, other_kam)
        give(other_kam, third)
        give(third, kam, 5)  # its first place of today stays ended
        assert [codes(who) for who in (kam, other_kam, third)] == [[], [], ["ONE"]]
        monkeypatch.setattr(timezone, "now", lambda: now + timedelta(hours=5))
        assert [codes(who) for who in (kam, other_kam, third)] == [["ONE"], [], []]

    def test_an_heir_who_would_join_later_owns_it_now(self, kam, other_kam):
        one = account(kam, "ONE")
        services.assign_team(
            actor=SYSTEM, account_id=one.id, user_id=other_kam.user_id, valid_from=tomorrow(3)
        )
        services.hand_over(
            actor=kam, account_id=one.id, to_user_id=other_kam.user_id, reason="New region"
        )
        assert (codes(kam), codes(other_kam)) == ([], ["ONE"])

    @pytest.mark.parametrize(
        ("days", "reason", "code"),
        [(-1, "New region", "handover_past"), (1, " ", "handover_reason")],
    )
    def test_not_into_the_past_and_not_without_reason(self, kam, other_kam, days, reason, code):
        one = account(kam, "ONE")
        with pytest.raises(Invalid) as caught:
            services.hand_over(
                actor=kam, account_id=one.id, to_user_id=other_kam.user_id, reason=reason,
                at=timezone.now() + timedelta(days=days),
            )  # fmt: skip
        assert caught.value.code == code


class TestFieldGroups:
    @pytest.fixture
    def noted(self, kam):
        one = account(kam, "ONE")
        for key, value in (("private_notes", "SECRET-NOTE"), ("payment_terms", "SECRET-TERMS")):
            services.set_profile(actor=kam, account_id=one.id, key=key, value=value)
        return one

    @pytest.mark.parametrize(
        ("role", "notes", "terms"),
        [
            ("viewer", False, False),
            ("director", True, True),
            ("sales_ops", False, True),
            ("marketing", False, False),
            ("finance", False, True),
            ("compliance", False, True),
        ],
    )
    def test_who_reads_which_group(self, noted, kam, make_actor, role, notes, terms):
        reader = shared_reader(make_actor, noted, role)
        entries = {item.key: item.value for item in queries.profile_for(reader, noted.id)}
        assert ("private_notes" in entries, "payment_terms" in entries) == (notes, terms)
        if reader.can("export.data"):
            rows = list(queries.sheets._profile_rows(reader))
            keys = {row["key"] for row in rows}
            assert ("private_notes" in keys, "payment_terms" in keys) == (notes, terms)

    def test_several_roles_hide_notes_when_one_of_them_must_not_see_them(self, noted, kam):
        user = User.objects.get(pk=kam.user_id)
        user.roles = ["kam", "finance"]
        entries = {item.key for item in queries.profile_for(actor_for(user), noted.id)}
        assert "private_notes" not in entries

    def test_a_junior_reads_terms_and_notes_and_writes_neither(self, noted, make_actor):
        junior = make_actor("junior", "kam")
        services.assign_team(
            actor=SYSTEM, account_id=noted.id, user_id=junior.user_id, role="junior"
        )
        entries = {item.key: item.value for item in queries.profile_for(junior, noted.id)}
        assert entries["private_notes"] == "SECRET-NOTE"
        services.set_profile(actor=junior, account_id=noted.id, key="risks", value="Fine")
        for key in ("private_notes", "payment_terms"):
            with pytest.raises(NotAllowed):
                services.set_profile(actor=junior, account_id=noted.id, key=key, value="Mine")
        assert not models.ProfileValue.objects.filter(value="Mine").exists()

    def test_compliance_reads_notes_with_a_reason_that_is_kept(self, noted, make_actor, kam):
        officer = make_actor("com", "compliance")
        before = AuditEntry.objects.count()
        with pytest.raises(Invalid):
            services.inspect_notes(actor=officer, account_id=noted.id, why="so")
        notes = services.inspect_notes(
            actor=officer, account_id=noted.id, why="Complaint 17 of May"
        )
        assert [item.value for item in notes] == ["SECRET-NOTE"]
        kept = AuditEntry.objects.filter(pk__gt=before)
        assert [(row.action, row.why, row.account_id) for row in kept] == [
            ("account.notes.read", "Complaint 17 of May", noted.id)
        ]
        with pytest.raises(NotAllowed):
            services.inspect_notes(actor=kam, account_id=noted.id, why="Complaint 17 of May")

    def test_a_writer_of_all_accounts_does_not_write_terms(self, noted, sales_ops):
        with pytest.raises(NotAllowed):
            services.set_profile(
                actor=sales_ops, account_id=noted.id, key="payment_terms", value="Mine"
            )
        with pytest.raises(NotFound):
            services.set_profile(
                actor=sales_ops, account_id=noted.id, key="private_notes", value="Mine"
            )


def shared_reader(make_actor, one, role):
    reader = make_actor(f"r_{role}", role)
    if reader.scope_of("profile") != "A":
        shared_with(one, reader)
    return reader


def test_an_ended_access_leaves_no_role_even_to_a_running_job(kam):
    user = User.objects.get(pk=kam.user_id)
    account(kam, "ONE")
    user.is_active = False
    assert (codes(actor_for(user)), actor_for(user).can("profile.self")) == ([], False)


def test_a_broken_glass_reads_all_and_writes_nothing(kam, make_actor):
    one, root = account(kam, "ONE"), make_actor("root", "admin")
    until = timezone.now() + timedelta(minutes=60)
    row = BreakGlass.objects.create(user_id=root.user_id, reason="Outage", ends_at=until)
    open_now = again(root)
    assert codes(open_now) == ["ONE"]
    assert not any(open_now.can(name) for name in ("accounts.edit", "export.data", "notes.view"))
    with pytest.raises(NotAllowed):
        services.edit_account(actor=open_now, account_id=one.id, version=1, name="X")
    token = actor_for(User.objects.get(pk=root.user_id), token_scope=["accounts.view"])
    assert codes(token) == []
    row.ends_at = timezone.now()
    row.save()
    assert codes(again(root)) == []
