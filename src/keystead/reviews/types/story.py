"""The story of a review: its parts in order, each with what it says and what it shows."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from keystead.reviews.types.cycle import OwnWords
from keystead.reviews.types.material import Fact, Needs

NOTHING = OwnWords()


@dataclasses.dataclass(frozen=True)
class Saying:
    """A sentence that a rule chose: its code, the figures in it, the names in it."""

    code: str
    facts: Mapping[str, Fact] = dataclasses.field(default_factory=dict)
    words: Mapping[str, str] = dataclasses.field(default_factory=dict)
    needs: Needs = ""


@dataclasses.dataclass(frozen=True)
class Part:
    """One page of the story. ``inside``: ours alone. ``needs``: the right it takes to see it.

    ``points`` are sentences below the message; ``shows`` are the keys of the lines of material
    that are shown, in their order (all of the part's list where it is None).
    """

    key: str
    message: Saying
    points: tuple[Saying, ...] = ()
    shows: tuple[str, ...] | None = None
    inside: bool = False
    needs: Needs = ""
    left_out: bool = False
    own: OwnWords = NOTHING
