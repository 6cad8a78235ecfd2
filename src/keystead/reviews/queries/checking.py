"""Works the figures of a frozen review out again, and says which are not as they were frozen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from keystead.kit.access import Actor
from keystead.metrics.calc.changes import exact
from keystead.metrics.queries.standing import standings
from keystead.reviews.queries.frozen import open_to, story_of
from keystead.reviews.types.cycle import Review
from keystead.reviews.types.material import Fact, Material, Needs


def check_review(actor: Actor, review: Review, *, number: int | None = None) -> dict[str, Any]:
    """Return how many frozen figures there are, which differ, which nobody answers for.

    ``moved`` counts those that are another value today, which is no fault.
    """
    story = story_of(actor, review, number=number)
    facts = list(_facts(story.material, open_to(actor, review.account_id)))
    found = standings(actor=actor, proof_ids=[one.proof for one in facts])
    unknown = [one.proof for one in facts if one.proof not in found]
    different = [
        one.proof
        for one in facts
        if one.proof in found and exact(found[one.proof].then.value or 0) != one.value
    ]
    moved = sum(found[one.proof].moved for one in facts if one.proof in found)
    return {
        "figures": len(facts), "equal": len(facts) - len(unknown) - len(different),
        "different": different, "unknown": unknown, "moved": moved,
        "version": story.version.number if story.version else None,
    }  # fmt: skip


def _facts(material: Material, seen: frozenset[Needs]) -> Iterable[Fact]:
    known: dict[str, Fact] = {}
    for name, fact in material.facts.items():
        if fact and (name != "claims_open" or "terms" in seen):
            known[fact.proof] = fact
    for records in material.lists.values():
        for one in records:
            if one.needs in seen:
                known |= {fact.proof: fact for fact in one.facts.values() if fact}
    return known.values()
