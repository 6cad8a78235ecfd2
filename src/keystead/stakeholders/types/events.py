"""What the stakeholders room tells upper rooms."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

from keystead.kernel.events import Event


@dataclasses.dataclass(frozen=True, kw_only=True)
class ContactErased(Event):
    """The data of a contact were erased, with entries merged into it; who keeps more erases too."""

    name: ClassVar[str] = "stakeholders.contact_erased"
    person_ids: tuple[int, ...]
