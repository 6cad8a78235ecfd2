"""Work that comes round: once in a period, with two workers and a clock that jumps."""

import os
import subprocess
import sys
import textwrap
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from keystead.kit import jobs
from keystead.kit.jobs import queue, schedule, worker
from keystead.kit.models import Job

NOON = datetime(2026, 3, 28, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def rounds():
    """Only the kinds of the test: hourly and daily."""
    functions, periods = dict(queue._functions), dict(schedule._periods)
    schedule._periods.clear()
    ran = []
    jobs.periodic("t.hourly", every=HOUR)(lambda run, payload: ran.append("hourly"))
    jobs.periodic("t.daily", every=DAY)(lambda run, payload: ran.append("daily"))
    yield ran
    queue._functions.clear()
    queue._functions.update(functions)
    schedule._periods.clear()
    schedule._periods.update(periods)


def passes(*moments):
    """Let the clock show these moments, run what is due each time, and count by kind."""
    for moment in moments:
        for job_id in schedule.tick(moment):
            jobs.run_inline(job_id)
    kinds = list(Job.objects.order_by("pk").values_list("kind", flat=True))
    return kinds.count("t.hourly"), kinds.count("t.daily")


@pytest.mark.django_db
class TestPeriods:
    def test_once_in_a_period_however_often_it_is_looked_at(self, rounds):
        assert passes(NOON, NOON + timedelta(minutes=1), NOON + timedelta(minutes=59)) == (1, 1)
        assert passes(NOON + HOUR) == (2, 1)
        assert rounds == ["daily", "hourly", "hourly"]

    def test_a_long_pause_is_made_up_once(self, rounds):
        assert passes(NOON, NOON + 30 * DAY) == (2, 2)

    def test_a_day_of_23_and_of_25_hours_has_one_turn(self, rounds):
        spring = [NOON + HOUR * step for step in range(72)]  # over 29 March, Paris
        assert passes(*spring) == (72, 4)

    def test_the_clock_put_back_an_hour_doubles_nothing_and_goes_on(self, rounds):
        at = NOON + timedelta(minutes=50)
        assert passes(at, at - HOUR) == (1, 1)
        assert passes(at - HOUR + timedelta(minutes=10)) == (2, 1)

    def test_a_small_step_back_over_the_border_doubles_nothing(self, rounds):
        midnight = datetime(2026, 3, 29, tzinfo=UTC)
        second = timedelta(seconds=1)
        assert passes(midnight + second, midnight - second, midnight + 2 * second) == (1, 1)

    def test_a_day_ahead_and_right_again_skips_no_day(self, rounds):
        assert passes(NOON, NOON + DAY, NOON + timedelta(minutes=2)) == (2, 2)
        assert passes(NOON + DAY) == (3, 3)

    def test_a_turn_still_running_is_not_started_twice(self, rounds):
        first = schedule.tick(NOON)
        again = schedule.tick(NOON + HOUR)
        assert set(again) <= set(first)
        assert Job.objects.filter(kind="t.hourly").count() == 1


def test_workers_that_look_at_once_start_it_once(tmp_path):
    script = textwrap.dedent("""
        import sys, time, django
        django.setup()
        from datetime import datetime, UTC
        from django.core.management import call_command
        from keystead.kit.jobs import schedule
        from keystead.kit.models import Job
        if sys.argv[1] == "prepare":
            call_command("migrate", "kit", verbosity=0)
        elif sys.argv[1] == "look":
            while time.time() < float(sys.argv[2]):
                pass
            schedule.tick(datetime(2026, 3, 28, 12, tzinfo=UTC))
        else:
            print(sorted(Job.objects.values_list("kind", flat=True)))
    """)
    env = os.environ | {
        "KEYSTEAD_HOME": str(tmp_path),
        "KEYSTEAD_DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "keystead.config.settings",
    }

    def start(*args):
        return subprocess.Popen(
            [sys.executable, "-c", script, *args], env=env, stdout=subprocess.PIPE, text=True
        )

    first = start("prepare")
    first.communicate(timeout=120)
    assert first.returncode == 0
    moment = str(time.time() + 5)
    lookers = [start("look", moment) for _ in range(3)]
    for one in lookers:
        one.communicate(timeout=60)
    assert [one.returncode for one in lookers] == [0, 0, 0]
    kinds = start("count").communicate(timeout=60)[0]
    assert kinds.count("kit.anchor") == 1
    assert kinds.count("kit.mail") == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_starts_what_is_due_and_runs_it(rounds):
    stop = threading.Event()
    jobs.periodic("t.last", every=DAY)(lambda run, payload: stop.set())
    assert worker.work(stop=stop, idle_seconds=0.01) == 3
    assert sorted(rounds) == ["daily", "hourly"]


def test_the_house_knows_its_rounds():
    assert {"kit.anchor", "kit.mail"} <= set(schedule.periods())
