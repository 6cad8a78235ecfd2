"""Reviews made through the services, with few words."""

from __future__ import annotations

import io
from typing import Any

from pptx import Presentation

from keystead.accounts.types import Account
from keystead.kernel.periods import Period
from keystead.kit.access import Actor
from keystead.reviews import models, services
from keystead.reviews.types.cycle import Review, ReviewEntry, ReviewKind, ReviewState

Q3 = Period.quarter(2026, 3)
Q4 = Period.quarter(2026, 4)


def entry(one: Account, **changes: Any) -> ReviewEntry:
    return ReviewEntry(
        **{"account_id": one.id, "kind": ReviewKind.QUARTER, "period": Q3, **changes}
    )


def review(actor: Actor, one: Account, **changes: Any) -> Review:
    return services.create_review(actor=actor, entry=entry(one, **changes))


def put(found: Review, state: ReviewState) -> None:
    """Put a review into a state without going its way."""
    models.ReviewRow.objects.filter(pk=found.id).update(state=state.value)


def deck_file() -> bytes:
    """Return a PowerPoint file as a company might keep one."""
    held = io.BytesIO()
    Presentation().save(held)
    return held.getvalue()
