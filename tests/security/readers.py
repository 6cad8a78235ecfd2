"""What a publisher keeps of an account: a usage report, a title list, a split, a received offer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.test import override_settings

from keystead.connectors.counter import models
from keystead.connectors.counter.services.sources import SourceEntry, create_source
from keystead.connectors.counter.types.harvest import RunState
from keystead.kit.access import SYSTEM, Actor
from keystead.negotiation import services as negotiation
from keystead.negotiation.types.room import IssuePlan, OptionPlan

DAY = date(2026, 3, 5)
SERVER = "usage.example"


def fill_readers(
    mark: str, owner: Actor, account_id: int, group_id: int, negotiation_id: int
) -> dict[str, Any]:
    """Store one of each; return the values of the parameters. The group is a consortium here."""
    head = negotiation.PlanHead(
        name=f"{mark} fees", starts=DAY, last=date(2026, 12, 31), currency="CNY",
        total=Decimal(1000), note=f"{mark} note",
    )  # fmt: skip
    options = (OptionPlan(f"{mark} one", Decimal(1), Decimal(2)), OptionPlan("two"))
    negotiation.set_issues(
        actor=owner, negotiation_id=negotiation_id, expected_version=None,
        issues=(IssuePlan(f"{mark} term", options),),
    )  # fmt: skip
    offer = negotiation.receive_offer(
        actor=owner, negotiation_id=negotiation_id, name=f"{mark} offer", on=DAY,
        package={f"{mark} term": f"{mark} one"},
    )  # fmt: skip
    run = models.ReportRun.objects.create(
        name=f"{mark}.json", customer_id=f"{mark} number", report_id="TR", release="5.1",
        state=RunState.REFUSED, why=f"{mark} why", account_id=account_id, asked_by_id=owner.user_id,
    )  # fmt: skip
    titles = models.EntitlementList(
        account_id=account_id, package=f"{mark} package", provider=f"{mark} provider",
        file_name=f"{mark}.tsv", sha256="0" * 64, as_of=DAY, starts=DAY,
    )  # fmt: skip
    titles.save_checked(owner)
    models.EntitlementTitle.objects.create(of=titles, line=2, title=f"{mark} journal")
    return {
        "plan_id": negotiation.start_plan(actor=owner, account_id=group_id, head=head).id,
        "offer_id": offer.id,
        "run_id": run.pk,
        "list_id": titles.pk,
    }


def fill_servers() -> dict[str, int]:
    """Store what belongs to no account: a source of usage, an institution that waits."""
    with override_settings(KEYSTEAD_OUTGOING=settings.KEYSTEAD_OUTGOING | {SERVER}):
        source = create_source(
            actor=SYSTEM,
            entry=SourceEntry(
                name="Journals", server=f"https://{SERVER}/r51", customer_id="1", first_month=DAY
            ),
        )
    waiting = models.Institution(key="0" * 64, name="University of Nowhere")
    waiting.save_checked(SYSTEM)
    return {"source_id": source.id, "institution_id": waiting.pk}
