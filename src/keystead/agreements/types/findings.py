"""What the rules say about terms: a level, where, and a sentence that says why."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from keystead.governance.types.compliance import Level


@dataclasses.dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or that somebody must look at.

    ``block`` refuses, ``review`` sends to who decides, ``warn`` tells. ``rule`` is the id of the
    compliance rule (R-01), empty for contradictions in the terms. ``sentence`` is English with
    ``{names}``: screens translate it, then fill in ``values``. ``condition`` and ``field`` say
    where.
    """

    code: str
    sentence: str
    level: Level = Level.BLOCK
    condition: str = ""
    field: str = ""
    rule: str = ""
    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def text(self) -> str:
        """The sentence in English."""
        return self.sentence.format(**self.values)
