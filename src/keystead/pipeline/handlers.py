"""An agreement in force begins its renewal, an amendment moves its end."""

from __future__ import annotations

from keystead.agreements.types import AgreementActivated
from keystead.kit import outbox
from keystead.pipeline import services


@outbox.listens(AgreementActivated)
def follow_activated(event: AgreementActivated) -> None:
    services.follow_agreement(agreement_id=event.agreement_id)
