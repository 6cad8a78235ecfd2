"""What the ledger tells upper rooms."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

from keystead.kernel.events import Event


@dataclasses.dataclass(frozen=True, kw_only=True)
class BatchPosted(Event):
    """Rows of a batch became visible, by a post or by the release of waiting rows.

    ``months`` are ISO dates of first days; ``account_ids`` the accounts whose rows changed,
    including those whose older rows were replaced.
    """

    name: ClassVar[str] = "ledger.batch_posted"
    batch_id: int
    dataset: str
    source: str
    commit: int
    months: tuple[str, ...] = ()
    account_ids: tuple[int, ...] = ()


@dataclasses.dataclass(frozen=True, kw_only=True)
class BatchUndone(Event):
    """A batch was undone; what it had replaced is visible again."""

    name: ClassVar[str] = "ledger.batch_undone"
    batch_id: int
    dataset: str
    source: str
    commit: int
    months: tuple[str, ...] = ()
    account_ids: tuple[int, ...] = ()
