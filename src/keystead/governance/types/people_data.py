"""What is kept about people, on which basis and for how long; and the event of its end."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

from keystead.kernel.events import Event

Words = dict[str, str]


@dataclasses.dataclass(frozen=True)
class RegisterEntry:
    """One line of the register: whose data, what, why, on which basis, until when.

    ``retention_months`` counts from the day the access ended.
    """

    key: str
    whose: Words
    what: Words
    purpose: Words
    basis: Words
    retention_months: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class PersonErased(Event):
    """The data of somebody who left was erased; who keeps more about them erases it too."""

    name: ClassVar[str] = "governance.person_erased"
    user_id: int
