"""What a page offers beside the desk's own steps: guesses for codes, and work begun in a job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from keystead.accounts.queries import account_by_code
from keystead.catalog.queries import product_by_sku
from keystead.kernel.errors import Conflict
from keystead.kit import jobs
from keystead.kit.access import Actor
from keystead.ledger import models
from keystead.ledger.queries.desk import CodeLine
from keystead.ledger.queries.known import known_accounts, known_products
from keystead.ledger.services.desk.sums import verdicts
from keystead.ledger.services.desk.work import require_open, work_on
from keystead.ledger.types.desk import Proposal

POST, CREATE = "ledger.post", "ledger.create"


def proposals_for(
    actor: Actor, source: str, kind: str, lines: Sequence[CodeLine]
) -> dict[str, tuple[Proposal, ...]]:
    """Return the best guesses for each line by its text, best first, within the actor's scope."""
    named = [line for line in lines if line.code or line.name]
    if not named:
        return {}
    known = known_accounts(actor, source) if kind == "account" else known_products(source)
    return {line.text: known.proposals(line.code, line.name) for line in named}


def target_by_code(actor: Actor, kind: str, code: str) -> int:
    """Return the account or product that a person typed by its code; NotFound otherwise."""
    if kind == "account":
        return account_by_code(actor, code).id
    return product_by_sku(actor, code).id


def assertion_verdicts(
    decisions: Mapping[str, Any], outcome: Mapping[str, Any]
) -> list[dict[str, str]]:
    """Return what the sender says it sums to against what was found."""
    return verdicts(decisions, outcome)


def start_posting(*, actor: Actor, batch_id: int, digest: str, release: bool = False) -> int:
    """Let the worker post a batch (or release what waited); returns the job's id.

    Needs ``ledger.import``. ``digest``: the figures the person saw; other figures are refused
    by the job, and its reason is shown on the page.
    """
    payload = {"batch_id": batch_id, "digest": digest, "release": release}
    return _start(actor, batch_id, POST, payload, posted=release)


def start_creating(
    *, actor: Actor, batch_id: int, kind: str, texts: Sequence[str] | None = None
) -> int:
    """Let the worker create the accounts or products a file names; returns the job's id."""
    actor.require("accounts.edit" if kind == "account" else "catalog.edit")
    payload = {"batch_id": batch_id, "kind": kind, "texts": list(texts) if texts else None}
    return _start(actor, batch_id, CREATE, payload, posted=True)


def _start(actor: Actor, batch_id: int, kind: str, payload: dict[str, Any], *, posted: bool) -> int:
    actor.require("ledger.import")
    work = work_on(actor, batch_id)
    require_open(work, posted=posted)
    if work.batch.job_id and jobs.status(work.batch.job_id)["state"] in {"waiting", "running"}:
        raise Conflict(_("This import is being worked on."), hint=_("Wait until it is done."))
    job_id = jobs.enqueue(kind, payload, actor=actor, key=f"{kind}:{batch_id}")
    models.Batch.objects.filter(pk=batch_id).update(job_id=job_id)
    return job_id
