"""The backend that Django loads: each transaction waits for its turn to write."""

from __future__ import annotations

from typing import Any

from django.db.backends.sqlite3 import base

from keystead.kit.sqlite.turn import Turns, turns_of

PATIENCE_SECONDS = 20.0


class DatabaseWrapper(base.DatabaseWrapper):
    """All our transactions are IMMEDIATE, so each one that begins is one that writes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._turn: Turns | None = None

    def _start_transaction_under_autocommit(self) -> None:
        if self._turn is None and not self.is_in_memory_db():
            turns = turns_of(str(self.settings_dict["NAME"]))
            self._turn = turns if turns.take(PATIENCE_SECONDS) else None
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._hand_on()
            raise

    def _commit(self) -> None:
        # When it fails, a rollback or a close follows, and ends the turn.
        super()._commit()  # type: ignore[misc]
        self._hand_on()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._hand_on()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._hand_on()

    def _hand_on(self) -> None:
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.give()
