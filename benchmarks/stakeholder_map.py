"""The relationship map of an account with 300 people: page, its data, and the list.

Goal: page and data together at most 1 s on the server. Limit, not rival: a person waits for it.
The number of questions to the database does not grow with the people: at most 60 for both.

``KEYSTEAD_BENCH=short`` fails only beyond four times the goal, for a machine that does other work.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time

PEOPLE, TALKS, GOAL, QUERIES, TURNS = 300, 600, 1.0, 60, 7
ALLOWED = 4 if os.environ.get("KEYSTEAD_BENCH") == "short" else 1


def main() -> int:
    with tempfile.TemporaryDirectory() as home:
        os.environ.setdefault("KEYSTEAD_HOME", home)
        from keystead.doors.cli.prepare import ready

        ready(upgrade=True)
        from django.conf import settings
        from django.db import connection
        from django.test import Client
        from django.test.utils import CaptureQueriesContext

        from keystead.kit.models import User

        settings.ALLOWED_HOSTS = ["testserver"]
        account_id, user_id = _fill()
        client = Client()
        client.force_login(User.objects.get(pk=user_id))
        paths = [f"/accounts/{account_id}/people/map/", f"/accounts/{account_id}/people/map/data/"]
        times, asked = [], 0
        for _turn in range(TURNS):
            with CaptureQueriesContext(connection) as seen:
                began = time.perf_counter()
                answers = [client.get(path) for path in paths]
                times.append(time.perf_counter() - began)
            assert [answer.status_code for answer in answers] == [200, 200], answers
            asked = len(seen)
        nodes = len(answers[1].json()["nodes"])
        assert nodes >= PEOPLE, nodes
        took = statistics.median(times[1:])
        good = took <= ALLOWED * GOAL and asked <= QUERIES
        print(
            f"map of {nodes} people and roles: {took:.3f} s (goal {GOAL:.0f} s), {asked} queries "
            f"(goal {QUERIES}): {'good' if good else 'TOO SLOW'}"
        )
        return 0 if good else 1


def _fill() -> tuple[int, int]:
    from django.db import transaction

    from keystead.accounts.services import create_account
    from keystead.kit.access import actor_for
    from keystead.kit.models import User
    from keystead.stakeholders import services
    from keystead.stakeholders.tests.factories import met, person, role
    from keystead.stakeholders.types import AssessmentEntry, RoleKind, TieEntry, TieKind

    with transaction.atomic():
        actor = actor_for(User.objects.create(username="bench", roles=["kam"]))
        at = create_account(actor=actor, code="BENCH", name="Bench", kind="consortium")
        people = []
        for number in range(PEOPLE):
            people.append(person(actor, at, f"Person {number:03}"))
            if number:
                boss = people[(number - 1) // 6]
                tie = TieEntry(
                    account_id=at.id, from_id=people[-1].id, to_id=boss.id, kind=TieKind.REPORTS_TO
                )
                services.tie(actor=actor, entry=tie)
            opinion = AssessmentEntry(account_id=at.id, power=number % 6, interest=3, stance=0)
            services.assess(actor=actor, person_id=people[-1].id, entry=opinion)
            role(actor, people[-1], list(RoleKind)[number % 7])
        for number in range(TALKS):
            met(actor, people[number % PEOPLE], people[number * 7 % PEOPLE], days=number % 300)
    return at.id, actor.user_id or 0


if __name__ == "__main__":
    sys.exit(main())
