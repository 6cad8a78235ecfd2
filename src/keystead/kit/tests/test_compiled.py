"""Queries whose SQL is made once: the same rows as the queryset, whatever is filled in."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db.models import Count, Max, Q, QuerySet, Sum

from keystead.kit.models import Compiled, Schedule, User, aggregated

pytestmark = pytest.mark.django_db


def _people(
    kind: str, *, name: str, ids: tuple[int, ...], since: dt.datetime
) -> QuerySet[User, Any]:
    wanted = Q(username=name) | Q(pk__in=ids)
    rows = User.objects.filter(wanted, date_joined__gte=since).order_by("username")
    return (rows if kind == "all" else rows.filter(is_active=True)).values_list(
        "pk", "username", "date_joined", "roles"
    )


PEOPLE = Compiled(_people)
LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def people() -> list[User]:
    return [
        User.objects.create(username=name, roles=["kam"], is_active=name != "cara")
        for name in ("anna", "ben", "cara", "dora")
    ]


@pytest.mark.parametrize("kind", ["all", "active"])
def test_each_call_answers_what_it_was_given(people: list[User], kind: str) -> None:
    pks = [one.pk for one in people]
    for name, ids in (("anna", ()), ("ben", (pks[2],)), ("", (pks[0], pks[3])), ("x'%s", (0,))):
        for since in (LONG_AGO, people[1].date_joined, dt.datetime(2999, 1, 1, tzinfo=dt.UTC)):
            given = {"name": name, "ids": ids, "since": since}
            assert PEOPLE.rows(kind, **given) == list(_people(kind, **given))


def test_values_come_back_as_python_has_them(people: list[User]) -> None:
    ((_pk, _name, joined, roles),) = PEOPLE.rows("all", name="anna", ids=(), since=LONG_AGO)
    assert (joined, roles) == (people[0].date_joined, ["kam"])


def test_nothing_is_asked_where_nothing_can_be_found(
    people: list[User], django_assert_num_queries: Any
) -> None:
    none = Compiled(lambda ids: User.objects.filter(pk__in=ids).values_list("pk"))
    with django_assert_num_queries(0):
        assert none.rows(ids=()) == []
    assert none.rows(ids=(people[0].pk,)) == [(people[0].pk,)]


def test_a_value_that_is_changed_on_its_way_is_refused() -> None:
    loose = Compiled(lambda text: User.objects.filter(username__contains=text).values_list("pk"))
    with pytest.raises(ValueError, match="cannot be filled in: text"):
        loose.rows(text="an")
    with pytest.raises(TypeError):
        Compiled(lambda on: User.objects.filter(is_active=on).values_list("pk")).rows(on=True)


def test_aggregates_are_those_of_all_rows(people: list[User]) -> None:
    joined = Compiled(
        lambda: aggregated(User.objects.all(), n=Count("id"), ids=Sum("id"), at=Max("date_joined"))
    )
    expected = User.objects.aggregate(n=Count("id"), ids=Sum("id"), at=Max("date_joined"))
    assert joined.rows() == [(expected["n"], expected["ids"], expected["at"])]
    assert Compiled(lambda: aggregated(Schedule.objects.all(), n=Count("pk"))).rows() == [(0,)]
