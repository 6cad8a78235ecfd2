"""State machines of Hypothesis over the database: each run in a savepoint, by its own clock."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from keystead.kernel.errors import KeysteadError


class StoredMachine(RuleBasedStateMachine):
    """A machine whose every run begins on the same database and on the same morning.

    ``self.pass_time`` moves the clock of the process; what the database stores follows it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = timezone.now().replace(hour=9, minute=0, second=0, microsecond=0)
        self._open = contextlib.ExitStack()
        self._open.enter_context(mock.patch("django.utils.timezone.now", self._moment))
        self._open.enter_context(_rolled_back())

    def _moment(self) -> datetime:
        return self.now

    def teardown(self) -> None:
        self._open.close()

    def pass_time(self, **span: float) -> None:
        self.now += timedelta(**span)

    def attempt(self, call: Callable[[], Any], *, allowed: bool) -> Any:
        """Make a call that must work, or that must be refused and leave nothing behind."""
        if allowed:
            return call()
        try:
            with transaction.atomic():
                call()
        except KeysteadError:
            return None
        raise AssertionError("this must be refused")


@contextlib.contextmanager
def _rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def play(machine: type[StoredMachine], *, runs: int, steps: int) -> None:
    """Play a fixed number of runs, the same ones each time, so that CI takes a bounded time.

    A failure is shown as it was found: looking for the shortest way to it (``Phase.shrink``) takes
    minutes, so whoever hunts one adds it here for the moment.
    """
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=runs,
            stateful_step_count=steps,
            deadline=None,
            phases=[Phase.generate],
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
