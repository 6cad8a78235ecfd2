"""Papers of a split that leave the house: the schedule, letters; each with its row of the trail.

The schedule goes to the consortium, a letter to its own member: each passes the guard as what it
is. An internal copy passes no guard and is marked.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import re
import zipfile
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_for
from keystead.governance.services.leaving import let_all_leave, let_leave
from keystead.governance.types.outbound import Outgoing
from keystead.kernel.errors import Invalid
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.kit.office.documents.faults import refuse_unready, unreadable
from keystead.kit.office.documents.filling import Filling, fill_all
from keystead.kit.office.inside import inside_file, inside_name
from keystead.negotiation.calc.plans.working import split
from keystead.negotiation.queries.fee_words import method_word, span
from keystead.negotiation.queries.letter_templates import LARGEST, letter_template
from keystead.negotiation.queries.letters import (
    LetterOf,
    letter_blocks,
    letter_paper,
    letter_words,
)
from keystead.negotiation.queries.plans import fee_plan_for
from keystead.negotiation.queries.schedule_book import schedule_book
from keystead.negotiation.queries.signings import invoices_of_plan
from keystead.negotiation.types.plans import FeePlan, PlanState

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP: Final = "application/zip"
_STILL: Final = (1980, 1, 1, 0, 0, 0)
_UNSAFE: Final = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')


@dataclasses.dataclass(frozen=True)
class Paper:
    """A file to hand out."""

    name: str
    content: bytes = dataclasses.field(repr=False)
    kind: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class LettersWanted:
    """In which language, dated when, signed by whom; in which template.

    ``template``: a .docx for this time alone; else ``template_id`` of the house's own, 0: ours.
    ``inside``: internal copies, marked as such.
    """

    language: str
    on: date
    sender: str = ""
    template: bytes | None = None
    template_id: int = 0
    inside: bool = False


def write_schedule(*, actor: Actor, plan_id: int, inside: bool = False) -> Paper:
    """Return the schedule of a split as a workbook; a draft is marked as a proposal.

    Needs ``export.data`` and every member's account. Raises Invalid where the split cannot be
    worked out, Conflict where the guard stops it. One row of the trail: it leaves the house.
    ``inside``: an internal copy, marked.
    """
    plan = _plan(actor, plan_id)
    name = f"{account_for(actor, plan.account_id).name}, {plan.name}"
    title = name if plan.state is PlanState.AGREED else _("Proposal: %(name)s") % {"name": name}
    content = schedule_book(
        plan, split(plan), title=title, lede=f"{span(plan)}. {method_word(plan)}.",
        made_on=timezone.localdate(), invoices=invoices_of_plan(actor, plan.id),
    )  # fmt: skip
    file = f"{_file(plan.name)}.xlsx"
    if inside:
        content, file = inside_file(content, "xlsx"), inside_name(file)
    else:
        let_leave(actor=actor, outgoing=Outgoing(
            account_id=plan.account_id, kind="fee_schedule", name=file, content=content,
            together=frozenset(one.account_id for one in plan.members),
        ))  # fmt: skip
    _tell(actor, plan, "schedule", {"sha256": hashlib.sha256(content).hexdigest()})
    return Paper(file, content, XLSX)


def write_letters(*, actor: Actor, plan_id: int, wanted: LettersWanted) -> Paper:
    """Return a letter to each member that takes part, as Word documents in one archive.

    A letter holds the fee and figures of its own member alone. Needs ``export.data`` and every
    member's account; raises Invalid that names what is wrong with an own template, Conflict where
    the guard stops a letter: then none is written. One row of the trail.
    """
    plan = _plan(actor, plan_id)
    template = _template(actor, wanted)
    found = split(plan)
    lines = {line.code: line for line in found.allocation.lines}
    about = LetterOf(
        plan=plan, consortium=account_for(actor, plan.account_id).name, on=wanted.on,
        sender=wanted.sender,
    )  # fmt: skip
    buffer, members, fillings = io.BytesIO(), [], []
    with translation.override(wanted.language):
        for member in plan.members:
            line = lines.get(member.code)
            if line is None:
                continue
            words = letter_words(about, member, line)
            members.append(member)
            blocks = letter_blocks(about, member, words)
            fillings.append(Filling(words, blocks, letter_paper(words, wanted.on)))
    with unreadable("template"):
        looked, letters = fill_all(template, fillings)
    refuse_unready(looked, "template")
    leaving: list[Outgoing] = []
    with zipfile.ZipFile(buffer, "w") as archive:
        for member, letter in zip(members, letters, strict=True):
            made, file = letter, f"{_file(member.code)} {_file(member.name)}.docx"
            if wanted.inside:
                made, file = inside_file(made, "docx"), inside_name(file)
            else:
                leaving.append(Outgoing(
                    account_id=member.account_id, kind="fee_letter", name=file, content=made,
                    together=frozenset({plan.account_id}),
                ))  # fmt: skip
            archive.writestr(zipfile.ZipInfo(file, _STILL), made, zipfile.ZIP_DEFLATED)
    let_all_leave(actor=actor, outgoing=leaving)
    content = buffer.getvalue()
    told = {"language": wanted.language, "letters": len(lines),
            "template": wanted.template_id if wanted.template is None else "own",
            "sha256": hashlib.sha256(content).hexdigest()}  # fmt: skip
    _tell(actor, plan, "letters", told)
    file = f"{_file(plan.name)}.zip"
    return Paper(inside_name(file) if wanted.inside else file, content, ZIP)


def _plan(actor: Actor, plan_id: int) -> FeePlan:
    actor.require("export.data")
    plan = fee_plan_for(actor, plan_id)
    if any(one.hidden for one in plan.members):
        raise Invalid(
            _("The papers name every member, and some of them you may not see."),
            code="members_hidden",
        )
    return plan


def _template(actor: Actor, wanted: LettersWanted) -> bytes:
    if wanted.template is None:
        return letter_template(actor, wanted.template_id)
    if len(wanted.template) > LARGEST:
        raise Invalid(_("The template is too large."), code="template_large", field="template")
    return wanted.template


def _file(name: str) -> str:
    return _UNSAFE.sub(" ", name).strip(" .")[:80] or "_"


def _tell(actor: Actor, plan: FeePlan, action: str, told: dict[str, Any]) -> None:
    with transaction.atomic():
        audit.record(
            actor=actor,
            action=f"negotiation.fees.{action}",
            subject=("fee_plan", plan.id),
            new={"name": plan.name, "number": plan.number, **told},
            account_id=plan.account_id,
        )
