"""Jobs finish once: leases, retries, cancelling, a killed worker."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from keystead.kernel.errors import Invalid
from keystead.kit import jobs
from keystead.kit.access import actor_for
from keystead.kit.jobs import queue, worker
from keystead.kit.models import ApiToken, Job, User


@pytest.fixture
def kinds():
    before = dict(queue._functions)
    yield queue._functions
    queue._functions.clear()
    queue._functions.update(before)


@pytest.mark.django_db(transaction=True)
class TestJobs:
    def test_runs_with_progress_and_result(self, kinds):
        @jobs.job("t.sum")
        def total(run, payload):
            run.progress(1, 2, "half")
            run.progress(2, 2, "all")
            return {"sum": sum(payload["numbers"])}

        job_id = jobs.enqueue("t.sum", {"numbers": [1, 2]})
        assert worker.work(once=True) == 1
        state = jobs.status(job_id)
        assert (state["state"], state["result"], state["note"]) == ("done", {"sum": 3}, "all")

    def test_twins_by_key_are_one(self, kinds):
        jobs.job("t.x")(lambda run, payload: None)
        assert jobs.enqueue("t.x", {}, key="a") == jobs.enqueue("t.x", {}, key="a")
        assert jobs.enqueue("t.x", {}, key="b") != jobs.enqueue("t.x", {}, key="a")

    def test_unknown_kind_is_refused(self):
        with pytest.raises(ValueError, match="no job"):
            jobs.enqueue("t.nothing", {})

    def test_a_refusal_reaches_the_row_with_its_hint(self, kinds):
        @jobs.job("t.refuse")
        def refuse(run, payload):
            raise Invalid("The file is empty.", hint="Send one with rows.")

        job_id = jobs.enqueue("t.refuse", {})
        worker.work(once=True)
        assert jobs.status(job_id)["error"]["hint"] == "Send one with rows."

    def test_cancelled_while_running_stops_without_result(self, kinds):
        @jobs.job("t.long")
        def long(run, payload):
            jobs.cancel(run.job_id)
            run.beat()
            raise AssertionError("went on")

        job_id = jobs.enqueue("t.long", {})
        worker.work(once=True)
        assert jobs.status(job_id)["state"] == "cancelled"

    def test_an_expired_lease_is_taken_over_and_the_old_worker_cannot_finish(self, kinds):
        jobs.job("t.x")(lambda run, payload: {"by": run.worker})
        job_id = jobs.enqueue("t.x", {})
        assert queue.claim("first") == job_id
        assert queue.claim("second") is None
        Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        assert queue.claim("second") == job_id
        queue.run_claimed(job_id, "first")
        assert jobs.status(job_id)["state"] == "running"
        queue.run_claimed(job_id, "second")
        assert jobs.status(job_id)["result"] == {"by": "second"}

    @pytest.mark.parametrize("inline", [False, True])
    def test_silent_work_keeps_its_lease(self, kinds, monkeypatch, inline):
        """A command that works for minutes beside a server is not begun a second time by it."""
        monkeypatch.setattr(queue, "BEAT_SECONDS", 0.02)
        late = timezone.now() - timedelta(seconds=1)

        @jobs.job("t.silent")
        def silent(run, payload):
            Job.objects.filter(pk=run.job_id).update(lease_until=late)
            for _ in range(250):
                if Job.objects.get(pk=run.job_id).lease_until > timezone.now():
                    return {"second": queue.claim("second")}
                time.sleep(0.02)
            raise AssertionError("nobody kept the lease")

        job_id = jobs.enqueue("t.silent", {})
        if inline:
            queue.run_inline(job_id)
        else:
            worker.work(once=True)
        assert jobs.status(job_id)["result"] == {"second": None}
        assert jobs.status(job_id)["state"] == "done"

    def test_a_poisonous_job_is_given_up_with_a_reason(self, kinds):
        jobs.job("t.x")(lambda run, payload: None)
        job_id = jobs.enqueue("t.x", {})
        for _ in range(queue.MAX_ATTEMPTS):
            assert queue.claim("w") == job_id
            Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        assert queue.claim("w") is None
        assert jobs.status(job_id)["error"]["code"] == "gave_up"


def test_a_killed_worker_leaves_the_job_to_the_next(tmp_path):
    script = textwrap.dedent("""
        import sys, time, django
        django.setup()
        from keystead.kit import jobs
        from keystead.kit.jobs import worker
        from keystead.kit.models import ApiToken, Job, User
        from keystead.kit.testing.template import begin_migrated
        from django.utils import timezone

        @jobs.job("t.slow")
        def slow(run, payload):
            if sys.argv[1] == "die":
                print("started", flush=True)
                time.sleep(60)
            return {"ok": True}

        if sys.argv[1] == "die":
            begin_migrated()
            jobs.enqueue("t.slow", {})
            worker.work()
        else:
            Job.objects.update(lease_until=timezone.now())
            worker.work(once=True)
            print(jobs.status(Job.objects.get(kind="t.slow").pk))
    """)
    env = os.environ | {
        "KEYSTEAD_HOME": str(tmp_path),
        "KEYSTEAD_DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "keystead.config.settings",
    }
    start = [sys.executable, "-c", script]
    with subprocess.Popen([*start, "die"], env=env, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout.readline().strip() == "started"
        first.send_signal(signal.SIGKILL)
        first.wait(10)
    time.sleep(0.1)
    second = subprocess.run(
        [*start, "go on"], env=env, capture_output=True, text=True, timeout=60, check=True
    )
    assert "'state': 'done'" in second.stdout
    assert "'attempts': 2" in second.stdout


@pytest.mark.django_db(transaction=True)
class TestRightsOfAJob:
    """A right that is removed is gone for what runs, too."""

    @pytest.fixture
    def lin(self, make_user):
        return make_user("lin", "kam", "director")

    @pytest.fixture
    def token(self, lin):
        return ApiToken.objects.create(
            user=lin, label="program", token_hash="x", hint="ks_", capabilities=["ledger.import"]
        )

    @staticmethod
    def started(kinds, actor, during=lambda: None):
        """Start a job that tells what it may do, and that something happens to in the middle."""
        told = []

        @jobs.job("t.export")
        def export(run, payload):
            assert payload == {"of": "sales"}
            told.append({name for name in ("ledger.import", "export.data") if run.actor.can(name)})
            during()
            run.progress(1, 1)
            told.append("finished")

        job_id = jobs.enqueue("t.export", {"of": "sales"}, actor=actor)
        return job_id, told

    def ended(self, job_id):
        worker.work(once=True)
        state = jobs.status(job_id)
        return state["state"], state["error"].get("code")

    def test_a_job_of_a_token_may_do_what_the_token_may(self, kinds, lin, token):
        narrow = actor_for(lin, token.capabilities, token_id=token.pk)
        job_id, told = self.started(kinds, narrow)
        assert self.ended(job_id) == ("done", None)
        assert told == [{"ledger.import"}, "finished"]
        job_id, told = self.started(kinds, actor_for(lin))
        assert self.ended(job_id) == ("done", None)
        assert told == [{"ledger.import", "export.data"}, "finished"]

    @pytest.mark.parametrize("column", ["revoked_at", "expires_at"])
    def test_a_token_that_ended_runs_nothing(self, kinds, lin, token, column):
        actor = actor_for(lin, token.capabilities, token_id=token.pk)
        job_id, told = self.started(kinds, actor)
        ApiToken.objects.update(**{column: timezone.now()})
        assert self.ended(job_id) == ("failed", "token_ended")
        assert told == []
        ApiToken.objects.update(**{column: None})
        end = lambda: ApiToken.objects.update(**{column: timezone.now()})  # noqa: E731
        job_id, told = self.started(kinds, actor, during=end)
        assert self.ended(job_id) == ("failed", "token_ended")
        assert told == [{"ledger.import"}]

    @pytest.mark.parametrize(
        ("change", "code"),
        [({"is_active": False}, "access_ended"), ({"roles": ["viewer"]}, "right_removed")],
    )
    def test_a_person_who_lost_a_right_finishes_nothing(self, kinds, lin, change, code):
        lose = lambda: User.objects.update(**change)  # noqa: E731
        job_id, told = self.started(kinds, actor_for(lin), during=lose)
        assert self.ended(job_id) == ("failed", code)
        assert "finished" not in told

    def test_a_disabled_person_starts_nothing(self, kinds, lin):
        job_id, told = self.started(kinds, actor_for(lin))
        User.objects.update(is_active=False)
        assert self.ended(job_id) == ("failed", "access_ended")
        assert told == []
