"""Which recipe a segment uses, and why it changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class CycleEvidence:
    """How champion and challenger did in one rolling cycle of a segment, over the same series."""

    cycle: str
    series: int
    champion_error: float
    challenger_error: float
    actual: float
    champion_bias: float
    challenger_bias: float


@dataclass(frozen=True, slots=True)
class ChampionRecord:
    """The decision, kept whole: who decided when, on which evidence, and what came out."""

    segment: str
    champion: str
    challenger: str
    changed: bool
    reason: str
    gain_pct: float
    champion_wape_pct: float
    challenger_wape_pct: float
    champion_bias_pct: float
    challenger_bias_pct: float
    evidence: tuple[CycleEvidence, ...]
    decided_by: str
    decided_on: date

    @property
    def recipe(self) -> str:
        """Return the recipe in force after the decision."""
        return self.challenger if self.changed else self.champion
