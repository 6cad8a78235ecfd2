"""What the house does by itself: the trail anchored and proved daily, letters that still wait."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.kernel.errors import Conflict
from keystead.kit import audit, jobs, mail
from keystead.kit.models import Job

PROVE = "kit.prove"
AT_ONCE = 50_000  # rows that a page may prove while somebody waits: about two seconds


@jobs.periodic("kit.anchor", every=timedelta(days=1))
def anchor(run: jobs.Run, payload: dict[str, Any]) -> dict[str, Any]:
    """Write down where the trail ends, outside the database."""
    made = audit.anchor()
    return {"seq": made.seq, "hash": made.hash}


@jobs.periodic(PROVE, every=timedelta(days=1))
def prove(run: jobs.Run, payload: dict[str, Any]) -> dict[str, Any]:
    """Prove the whole trail, so that a page only has to prove what came since."""
    seq, digest = audit.trail_end()
    found = audit.prove()
    at = timezone.now().isoformat(timespec="seconds")
    return {"seq": seq, "hash": digest, "whole": found.ok, "at": at}


def verdict_now() -> tuple[audit.Verdict, str]:
    """Return whether the trail holds, and when a job proved what is too long for a page.

    A short trail is proved at once, wholly (then the moment is empty). Of a long one only what
    came since the daily job; until that has run, Conflict says so and it is started.
    """
    end, _digest = audit.trail_end()
    if end <= AT_ONCE:
        return audit.prove(), ""
    done = Job.objects.filter(kind=PROVE, state=Job.State.DONE).order_by("-pk")
    before: dict[str, Any] = next((row.result for row in done[:1]), {})
    if before and not before["whole"]:
        return audit.prove(), ""  # rare, and worth the wait: the first bad row is named
    if (
        not before
        or end - before["seq"] > AT_ONCE
        or not audit.holds(before["seq"], before["hash"])
    ):
        jobs.enqueue(PROVE, {}, key=PROVE)
        raise Conflict(
            _("The trail is being proved; with its %(rows)s rows this takes a moment.")
            % {"rows": f"{end:,}"},
            code="proving",
            hint=_("Take it out again in some minutes."),
        )
    return audit.prove((before["seq"], before["hash"])), before["at"]


@jobs.periodic(mail.JOB, every=timedelta(minutes=10))
def send_letters(run: jobs.Run, payload: dict[str, Any]) -> dict[str, Any]:
    """Send the letters that wait."""
    return mail.send_waiting()
