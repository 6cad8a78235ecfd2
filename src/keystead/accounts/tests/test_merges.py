"""Merging keeps both ids, reads as one, and can be undone; trees stay trees whatever is done."""

from __future__ import annotations

import contextlib
from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from keystead.accounts import models, queries, services
from keystead.accounts.queries.tree import parent_edges
from keystead.accounts.rules import ascend, cycle_through
from keystead.accounts.tests.factories import account, shared_with
from keystead.kernel.errors import Conflict, Invalid, NotFound
from keystead.kit.access import SYSTEM
from keystead.kit.models import AuditEntry, OutboxEvent


def merge(source, target, **more):
    return services.merge_accounts(actor=SYSTEM, source_id=source.id, target_id=target.id, **more)


@pytest.mark.django_db
class TestMerging:
    def test_both_are_read_as_one_and_undoing_gives_each_its_own_again(self, kam, other_kam):
        old, new = account(kam, "OLD"), account(other_kam, "NEW")
        services.add_identifier(actor=kam, account_id=old.id, scheme="other", value="7")
        services.set_measure(
            actor=kam, account_id=old.id, kind="beds", value=5, as_of=date(2026, 1, 1)
        )
        services.set_profile(actor=kam, account_id=old.id, key="risks", value="Old risk")
        done = merge(old, new, why="same shop")
        assert [item.value for item in queries.identifiers_for(other_kam, new.id)] == ["7"]
        assert [item.value for item in queries.measures_for(other_kam, new.id)] == [5]
        profile = {item.key: item for item in queries.profile_for(other_kam, new.id)}
        assert (profile["risks"].value, profile["risks"].version) == ("Old risk", 0)
        assert [item.username for item in queries.team_for(other_kam, new.id)] == ["claire", "lin"]
        services.set_measure(
            actor=kam, account_id=old.id, kind="beds", value=6, as_of=date(2026, 2, 1)
        )
        undone = services.unmerge_accounts(actor=SYSTEM, merge_id=done.id)
        assert undone.undone
        assert queries.account_for(kam, old.id).code == "OLD"
        assert queries.identifiers_for(other_kam, new.id) == ()
        assert [item.value for item in queries.measures_for(kam, old.id)] == [5]
        assert [item.value for item in queries.measures_for(other_kam, new.id)] == [6]
        with pytest.raises(NotFound):
            queries.account_for(kam, new.id)

    def test_a_merge_is_one_audit_row_and_one_event_each_way(self, sales_ops):
        old, new = account(code="OLD"), account(code="NEW")
        entries = AuditEntry.objects.count()
        done = services.merge_accounts(
            actor=sales_ops, source_id=old.id, target_id=new.id, why="twice"
        )
        entry = AuditEntry.objects.latest("id")
        assert AuditEntry.objects.count() == entries + 1
        assert (entry.action, entry.why, entry.account_id) == ("account.merge", "twice", new.id)
        services.unmerge_accounts(actor=sales_ops, merge_id=done.id)
        assert AuditEntry.objects.count() == entries + 2
        events = list(OutboxEvent.objects.values_list("name", "payload"))
        ids = {"source_id": old.id, "target_id": new.id}
        assert events == [("accounts.merged", ids), ("accounts.unmerged", ids)]
        with pytest.raises(Invalid):
            services.unmerge_accounts(actor=sales_ops, merge_id=done.id)

    def test_a_chain_leads_to_its_end_and_opens_in_any_order(self):
        a, b, c = (account(code=code) for code in "ABC")
        first, second = merge(a, b), merge(b, c)
        find = lambda item: queries.account_for(SYSTEM, item.id).code  # noqa: E731
        assert [find(item) for item in (a, b, c)] == ["C", "C", "C"]
        services.unmerge_accounts(actor=SYSTEM, merge_id=first.id)
        assert [find(item) for item in (a, b, c)] == ["A", "C", "C"]
        merge(a, b)
        services.unmerge_accounts(actor=SYSTEM, merge_id=second.id)
        assert [find(item) for item in (a, b, c)] == ["A", "B", "C"] or find(a) == "C"

    def test_the_same_account_cannot_be_merged_twice(self):
        a, b = account(code="A"), account(code="B")
        merge(a, b)
        for source, target in ((a, b), (b, a), (a, a)):
            with pytest.raises(Invalid):
                merge(source, target)

    def test_a_stale_merge_is_a_conflict_and_changes_nothing(self):
        a, b = account(code="A"), account(code="B")
        services.edit_account(actor=SYSTEM, account_id=a.id, segment="x")
        for versions in ({"source_version": 1}, {"target_version": 9}):
            with pytest.raises(Conflict):
                merge(a, b, **versions)
        assert models.Account.objects.filter(merged_into=None).count() == 2
        assert models.AccountMerge.objects.count() == 0

    def test_a_parent_with_its_child_may_be_merged_but_not_over_others_between(self):
        top, middle, low = (account(code=code, kind="group") for code in ("TOP", "MID", "LOW"))
        services.add_membership(actor=SYSTEM, member_id=middle.id, group_id=top.id)
        services.add_membership(actor=SYSTEM, member_id=low.id, group_id=middle.id)
        with pytest.raises(Invalid) as caught:
            merge(top, low)
        assert caught.value.code == "merge_cycle"
        merge(middle, top)
        assert queries.descendants(top.id) == {low.id}
        assert queries.groups_of(SYSTEM, top.id) == ()

    def test_a_foreign_merge_is_a_missing_merge(self, make_actor, kam):
        director = make_actor("dir", "director")
        a, b = account(kam, "A"), shared_with(account(kam, "B"), director)
        with pytest.raises(NotFound):
            services.merge_accounts(actor=director, source_id=a.id, target_id=b.id)
        done = merge(a, account(kam, "C"))
        with pytest.raises(NotFound):
            services.unmerge_accounts(actor=director, merge_id=done.id)
        assert not models.AccountMerge.objects.get().undone_at

    def test_two_that_no_longer_fit_apart_stay_one_until_the_link_between_is_ended(self):
        low, mid, top = (account(code=code, kind="group") for code in ("LOW", "MID", "TOP"))
        services.add_membership(actor=SYSTEM, member_id=low.id, group_id=mid.id)
        done = merge(mid, low)
        given_since = services.add_membership(actor=SYSTEM, member_id=low.id, group_id=top.id)
        entries = AuditEntry.objects.count()
        with pytest.raises(Invalid) as caught:
            services.unmerge_accounts(actor=SYSTEM, merge_id=done.id)
        assert caught.value.code == "unmerge_second_parent"
        assert AuditEntry.objects.count() == entries
        assert queries.account_for(SYSTEM, mid.id).code == "LOW"
        services.remove_membership(actor=SYSTEM, membership_id=given_since.id)
        services.unmerge_accounts(actor=SYSTEM, merge_id=done.id)
        assert queries.tree.current_parents() == {low.id: mid.id}

    def test_undoing_one_of_two_merges_closes_no_circle(self):
        low, mid, top = (account(code=code, kind="group") for code in ("LOW", "MID", "TOP"))
        services.add_membership(actor=SYSTEM, member_id=low.id, group_id=mid.id)
        services.add_membership(actor=SYSTEM, member_id=mid.id, group_id=top.id)
        first, second = merge(mid, low), merge(top, low)
        with pytest.raises(Invalid) as caught:
            services.unmerge_accounts(actor=SYSTEM, merge_id=first.id)
        assert caught.value.code == "unmerge_cycle"
        services.unmerge_accounts(actor=SYSTEM, merge_id=second.id)
        services.unmerge_accounts(actor=SYSTEM, merge_id=first.id)
        assert queries.tree.current_parents() == {low.id: mid.id, mid.id: top.id}

    def test_codes_of_merged_accounts_stay_taken(self):
        a, b = account(code="A"), account(code="B")
        merge(a, b)
        with pytest.raises(Invalid):
            account(code="a")
        with pytest.raises(Invalid):
            services.edit_account(actor=SYSTEM, account_id=b.id, code="A")


DAY = date(2026, 1, 1)
STEP = st.one_of(
    st.tuples(
        st.just("link"), st.integers(0, 4), st.integers(0, 4), st.integers(0, 3), st.integers(0, 4)
    ),
    st.tuples(st.just("merge"), st.integers(0, 4), st.integers(0, 4)),
    st.tuples(st.just("undo"), st.integers(0, 4)),
)


class TestTrees(TestCase):
    @given(st.lists(STEP, min_size=3, max_size=14))
    @example([("link", 0, 1, 0, 0), ("merge", 1, 0), ("link", 0, 2, 0, 0), ("undo", 0)])
    @example(
        [("link", 0, 1, 0, 0), ("link", 1, 2, 0, 0), ("merge", 1, 0), ("merge", 2, 0), ("undo", 0)]
    )
    @settings(max_examples=25, deadline=None)
    def test_whatever_is_linked_merged_and_undone_the_tree_stays_a_tree(self, steps):
        accounts = [account(code=f"T{number}", kind="group") for number in range(5)]
        for step in steps:
            with contextlib.suppress(Invalid):
                self._take(accounts, step)
            self._check(accounts)

    def _take(self, accounts, step):
        if step[0] == "link":
            start = DAY + timedelta(days=step[3])
            services.add_membership(
                actor=SYSTEM, member_id=accounts[step[1]].id, group_id=accounts[step[2]].id,
                valid_from=start, valid_to=start + timedelta(days=step[4]) if step[4] else None,
            )  # fmt: skip
        elif step[0] == "merge":
            merge(accounts[step[1]], accounts[step[2]])
        else:
            merges = list(models.AccountMerge.objects.filter(undone_at=None).order_by("id"))
            if merges:
                pick = merges[step[1] % len(merges)]
                services.unmerge_accounts(actor=SYSTEM, merge_id=pick.pk)

    def _check(self, accounts):
        edges = parent_edges()
        rows = {row.pk: row for row in models.Account.objects.all()}
        for item in accounts:
            assert cycle_through(item.id, edges) is None
            head, seen = rows[item.id], 0
            while head.merged_into_id:
                head, seen = rows[head.merged_into_id], seen + 1
                assert seen < 9
            assert rows[item.id].canonical_key == head.pk
        for number in range(9):
            parents = queries.tree.current_parents(DAY + timedelta(days=number))
            for member in parents:
                assert ascend(member, parents)[-1] not in parents
            held = [  # a link inside a merged account counts for nothing while they are one
                row.member_id
                for row in models.AccountMembership.objects.all()
                if rows[row.member_id].canonical_key != rows[row.group_id].canonical_key
                and row.valid_from <= DAY + timedelta(days=number)
                and (row.valid_to is None or row.valid_to > DAY + timedelta(days=number))
            ]
            assert len(held) == len(set(held))
        table = queries.account_dimension().to_pylist()
        assert {row["account_id"] for row in table} == set(rows)
        assert {row["canonical_id"] for row in table} == {
            row.canonical_key for row in rows.values()
        }

    @given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=8),
           st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=3))  # fmt: skip
    @settings(max_examples=20, deadline=None)
    def test_scope_list_door_and_search_agree_for_everybody(self, places, merges):
        from keystead.kit.access import actor_for
        from keystead.kit.models import User

        people = [User.objects.create(username=f"u{n}", roles=["kam"]) for n in range(3)]
        accounts = [account(code=f"S{number}", name="Same") for number in range(4)]
        for where, who in places:
            with contextlib.suppress(Invalid):
                services.assign_team(
                    actor=SYSTEM, account_id=accounts[where].id, user_id=people[who].pk
                )
        for source, target in merges:
            with contextlib.suppress(Invalid):
                merge(accounts[source], accounts[target])
        rows = {row.pk: row for row in models.Account.objects.all()}
        today = timezone.localdate()
        for user in people:
            actor = actor_for(user)
            heads = {
                rows[row.account_id].canonical_key
                for row in models.AccountTeamMember.objects.filter(user=user)
                if row.valid_to is None or row.valid_to > today
            }
            wanted = {pk for pk, row in rows.items() if row.canonical_key in heads}
            assert queries.scope_for(actor).account_ids == wanted
            assert {item.id for item in queries.accounts_for(actor)} == heads
            assert {item.id for item in queries.search_accounts(actor, "same")} == heads
            for pk in rows:
                if pk in wanted:
                    assert queries.account_for(actor, pk).id in heads
                else:
                    with pytest.raises(NotFound):
                        queries.account_for(actor, pk)
