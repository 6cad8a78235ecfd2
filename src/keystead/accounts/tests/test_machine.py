"""What a person sees, whatever is shared, handed over and ended: against a model of its own."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from keystead.accounts import models, queries, services
from keystead.kernel.errors import KeysteadError, NotFound
from keystead.kit.access import SYSTEM, actor_for
from keystead.kit.models import User
from keystead.kit.testing.machines import StoredMachine, play

ROLES = ["viewer", "kam", "director", "marketing", "admin"]
PEOPLE = ["ann", "ben", "cai", "dov", "eve"]
WHO = st.sampled_from(PEOPLE)
WHERE = st.integers(0, 2)
DAYS = st.sampled_from([1, 2, 4])


@dataclasses.dataclass
class Place:
    """A place in a team; dates are moments at midnight unless a hand-over set them."""

    pk: int
    where: int
    who: str
    owner: bool
    begins: datetime
    ends: datetime | None = None


@dataclasses.dataclass
class Opened:
    """A share: begins on a day, ends on a day or when somebody ended it."""

    pk: int
    where: int
    who: str
    writes: bool
    begins: datetime
    ends: datetime | None


class Grants(StoredMachine):
    def __init__(self) -> None:
        super().__init__()
        self.places: list[Place] = []
        self.shares: list[Opened] = []
        self.roles: dict[str, str] = {
            **dict.fromkeys(PEOPLE, "kam"),
            "dov": "director",
            "eve": "viewer",
        }
        self.active = dict.fromkeys(PEOPLE, True)
        self.boss: dict[str, str | None] = {**dict.fromkeys(PEOPLE), "ann": "dov"}
        self.lands = ["", "", "SOUTH"]
        self.leads: dict[str, str | None] = {"NORTH": None, "SOUTH": None}  # south is below north

    @initialize()
    def begin(self) -> None:
        self.users = {
            name: User.objects.create(username=name, roles=[self.roles[name]]).pk for name in PEOPLE
        }
        User.objects.filter(username="ann").update(manager_id=self.users["dov"])
        self.accounts = [
            services.create_account(
                actor=SYSTEM, code=f"A{n}", name=f"A{n}", kind="shop", territory=land
            ).id
            for n, land in enumerate(self.lands)
        ]
        self.north = services.add_territory(actor=SYSTEM, code="NORTH").id
        self.south = services.add_territory(actor=SYSTEM, code="SOUTH", parent_code="NORTH").id
        for where, who in ((0, "ann"), (1, "ben")):
            self.assign(where, who, True, 0, 0)

    # the model

    def midnight(self, days: int = 0) -> datetime:
        return timezone.localtime().replace(hour=0, minute=0) + timedelta(days=days)

    def is_now(self, one: Place | Opened) -> bool:
        return one.begins <= self.now and (one.ends is None or one.ends > self.now)

    def below(self, who: str) -> set[str]:
        found: set[str] = set()
        for name in PEOPLE:
            seen, above = {name}, self.boss[name]
            while above is not None and above not in seen:
                if above == who:
                    found.add(name)
                seen.add(above)
                above = self.boss[above]
        return found

    def seen_by(self, who: str) -> set[int]:
        role = self.roles[who] if self.active[who] else ""
        if role in ("", "admin"):
            return set()
        if role == "marketing":
            return {0, 1, 2}
        team = {who} | (self.below(who) if role == "director" else set())
        found = {one.where for one in self.places if one.who in team and self.is_now(one)}
        found |= {one.where for one in self.shares if one.who == who and self.is_now(one)}
        if role == "director":
            led = {code for code, lead in self.leads.items() if lead == who}
            lands = led | ({"SOUTH"} if "NORTH" in led else set())
            found |= {n for n, land in enumerate(self.lands) if land in lands}
        return found

    def written_by(self, who: str) -> set[int]:
        if self.roles[who] not in ("kam", "director"):
            return set()
        read_only = {
            one.where
            for one in self.shares
            if one.who == who and self.is_now(one) and not one.writes
        }
        shared = {
            one.where for one in self.shares if one.who == who and self.is_now(one) and one.writes
        }
        kept, self.shares = self.shares, []
        by_place = self.seen_by(who)
        self.shares = kept
        assert self.seen_by(who) == by_place | shared | read_only
        return by_place | (shared if self.active[who] else set())

    def who(self, name: str):
        return actor_for(User.objects.get(pk=self.users[name]))

    # what people do

    @rule(where=WHERE, who=WHO, owner=st.booleans(), starts=st.sampled_from([0, 0, 1]), days=DAYS)
    def join(self, where, who, owner, starts, days) -> None:
        self.assign(where, who, owner, starts, days)

    def assign(self, where: int, who: str, owner: bool, starts: int, days: int) -> None:
        first, last = self.midnight(starts), self.midnight(starts + days) if days else None
        beside = [
            one
            for one in self.places
            if one.where == where
            and (one.who == who or (owner and one.owner))
            and (one.ends is None or self.day_after(one.ends) > first)
            and (last is None or one.begins < last)
        ]
        made = self.attempt(
            lambda: services.assign_team(
                actor=SYSTEM,
                account_id=self.accounts[where],
                user_id=self.users[who],
                role="owner" if owner else "member",
                valid_from=first.date(),
                valid_to=last.date() if last else None,
            ),
            allowed=self.active[who] and not beside,
        )
        if made is not None:
            self.places.append(Place(made.id, where, who, owner, first, last))

    @staticmethod
    def day_after(moment: datetime) -> datetime:
        """A place that ends within a day takes the whole of it for who joins by the day."""
        local = timezone.localtime(moment)
        day = local.replace(hour=0, minute=0)
        return day if local == day else day + timedelta(days=1)

    @precondition(lambda self: self.places)
    @rule(data=st.data())
    def leave(self, data) -> None:
        one = data.draw(st.sampled_from(self.places))
        end = max(self.midnight(), timezone.localtime(one.begins).replace(hour=0, minute=0))
        end = max(end, self.midnight() if one.begins < self.midnight() else end + timedelta(days=1))
        try:
            services.end_team(actor=SYSTEM, team_id=one.pk)
        except KeysteadError:
            assert one.ends is not None
            assert self.day_after(one.ends) < self.midnight()
            return
        one.ends = end if one.ends is None else min(one.ends, end)

    @rule(where=WHERE, who=WHO, writes=st.booleans(), starts=st.sampled_from([0, 0, 1]), days=DAYS)
    def share(self, where, who, writes, starts, days) -> None:
        first, last = self.midnight(starts), self.midnight(starts + days)
        twin = any(
            one.where == where
            and one.who == who
            and one.begins < last
            and (one.ends is None or one.ends > first)
            and not (one.ends and timezone.localtime(one.ends) != self.day_after(one.ends))
            for one in self.shares
        )
        made = self.attempt(
            lambda: services.share_account(
                actor=SYSTEM,
                account_id=self.accounts[where],
                user_id=self.users[who],
                reason="Covers the leave",
                rights="write" if writes else "read",
                valid_from=first.date(),
                valid_to=last.date(),
            ),
            allowed=self.active[who] and self.roles[who] != "admin" and not twin,
        )
        if made is not None:
            self.shares.append(Opened(made.id, where, who, writes, first, last))

    @precondition(lambda self: self.shares)
    @rule(data=st.data())
    def end_share(self, data) -> None:
        one = data.draw(st.sampled_from(self.shares))
        services.end_share(actor=SYSTEM, share_id=one.pk)
        one.ends = min(one.ends, self.now)

    @rule(where=WHERE, to=WHO, hours=st.sampled_from([0, 5, 30]))
    def hand_over(self, where, to, hours) -> None:
        moment = self.now + timedelta(hours=hours)
        try:
            services.hand_over(
                actor=SYSTEM,
                account_id=self.accounts[where],
                to_user_id=self.users[to],
                reason="Goes on leave",
                at=moment,
            )
        except KeysteadError:
            return
        old = next(
            one for one in self.places if one.where == where and one.owner and self.is_now(one)
        )
        assert old.who != to
        assert self.active[to]
        for one in self.places:
            if one.where == where and one.who in (old.who, to):
                one.ends = moment if one.ends is None else min(one.ends, moment)
        made = models.AccountTeamMember.objects.latest("id").pk
        self.places.append(Place(made, where, to, True, moment))

    @rule(who=WHO, role=st.sampled_from(ROLES))
    def get_another_role(self, who, role) -> None:
        self.roles[who] = role
        User.objects.filter(pk=self.users[who]).update(roles=[role])

    @rule(who=WHO)
    def end_or_give_access(self, who) -> None:
        self.active[who] = not self.active[who]
        User.objects.filter(pk=self.users[who]).update(is_active=self.active[who])

    @rule(who=WHO, boss=st.sampled_from([None, *PEOPLE]))
    def get_another_boss(self, who, boss) -> None:
        self.boss[who] = boss if boss != who else None
        User.objects.filter(pk=self.users[who]).update(
            manager_id=self.users[boss] if boss and boss != who else None
        )

    @rule(land=st.sampled_from(["NORTH", "SOUTH"]), lead=st.sampled_from([None, *PEOPLE]))
    def lead_a_territory(self, land, lead) -> None:
        made = self.attempt(
            lambda: services.change_territory(
                actor=SYSTEM,
                territory_id=self.north if land == "NORTH" else self.south,
                name=land,
                parent_code="" if land == "NORTH" else "NORTH",
                lead_id=self.users[lead] if lead else None,
            ),
            allowed=lead is None or self.active[lead],
        )
        if made is not None:
            self.leads[land] = lead

    @rule(hours=st.sampled_from([1, 8, 24, 50]))
    def wait(self, hours) -> None:
        self.pass_time(hours=hours)

    # what must hold after each act

    @invariant()
    def everybody_sees_what_the_model_says(self) -> None:
        for name in PEOPLE:
            scope, wanted = queries.scope_for(self.who(name)), self.seen_by(name)
            assert {n for n, pk in enumerate(self.accounts) if pk in scope} == wanted

    @rule(who=WHO)
    def every_door_says_the_same(self, who) -> None:
        actor, wanted = self.who(who), self.seen_by(who)
        ids = {self.accounts[n] for n in wanted}
        assert {item.id for item in queries.accounts_for(actor)} == ids
        writes = {n for n, pk in enumerate(self.accounts) if queries.may_write(actor, pk)}
        assert writes == self.written_by(who)
        for n, pk in enumerate(self.accounts):
            reasons = queries.who_sees(SYSTEM, pk).get(self.users[who], ())
            assert bool(reasons) is (n in wanted)
            if n in wanted:
                assert queries.account_for(actor, pk).id == pk
            else:
                with pytest.raises(NotFound):
                    queries.account_for(actor, pk)


@pytest.mark.django_db
def test_what_a_person_sees_agrees_with_the_rules_in_any_order():
    play(Grants, runs=8, steps=20)
