"""What hangs on an agreement of the house: claims, documents; each text carries the mark."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from keystead.agreements import models
from keystead.agreements import services as agreements
from keystead.agreements.services.claims import add_evidence, receive_claim
from keystead.agreements.services.documents import attach_document
from keystead.agreements.types import (
    AgreementKind,
    ClaimKind,
    ClaimReason,
    Clause,
    Condition,
    Family,
    Head,
    Terms,
    Tier,
)
from keystead.agreements.types.claims import ClaimEntry
from keystead.agreements.types.documents import Attachment, DocumentKind
from keystead.agreements.types.funds import FundHead, FundKind
from keystead.campaigns import services as campaigns
from keystead.campaigns.queries import proofs_of
from keystead.campaigns.types import CampaignEntry, ExpenseEntry
from keystead.forecasting import services as forecasting
from keystead.forecasting.types.cycle import AssumptionEntry, Calendar, CycleHead, Node
from keystead.health import queries as surveys
from keystead.health import services as health
from keystead.health.types.scores import Signal
from keystead.health.types.surveys import Kind, Question, SurveyEntry
from keystead.kit.access import SYSTEM, Actor
from keystead.negotiation import services as negotiation
from keystead.pipeline import services as pipeline
from keystead.pipeline.types.opportunities import (
    LotEntry,
    OpportunityEntry,
    OpportunityKind,
)
from keystead.pipeline.types.renewals import NoticeRule, RenewalEntry
from keystead.profitability.services.offers import Start, start_case
from keystead.profitability.types.offers import Origin
from keystead.stakeholders.services import add_person
from keystead.stakeholders.types import Basis, PersonEntry


def fill_deals(mark: str, owner: Actor, account_id: int) -> dict[str, Any]:
    """Store an agreement with one of everything; return the values of the parameters."""
    agreement_id = _agreement(mark, owner, account_id)
    document = attach_document(
        actor=owner,
        agreement_id=agreement_id,
        attachment=Attachment(
            content=f"{mark} note".encode(), name=f"{mark}.txt", kind=DocumentKind.OTHER,
            note=f"{mark} paper",
        ),
    )  # fmt: skip
    made = {
        "agreement_id": agreement_id,
        "document_id": document.id,
        "settlement_id": _settlement(mark, owner, agreement_id),
        "template_id": agreements.save_template(
            actor=owner, agreement_id=agreement_id, name=f"{mark} terms", figures=True
        ).id,
        "case_id": start_case(
            actor=owner,
            start=Start(
                account_id=account_id, name=f"{mark} offers", starts=date(2027, 1, 1),
                last=date(2027, 12, 31), currency="CNY", origin=Origin.BLANK,
            ),
        ).id,
    }  # fmt: skip
    made |= _forecast(mark, account_id)
    made["renewal_id"] = _renewal(mark, owner, account_id)
    made |= _opportunity(mark, owner, account_id)
    made |= _negotiation(mark, owner, account_id)
    made |= _survey(mark, owner, account_id)
    return made | _claim(mark, owner, account_id) | _spending(mark, owner, account_id)


def _forecast(mark: str, account_id: int) -> dict[str, int]:
    """Store a forecast cycle of the account alone, with an assumption."""
    day = date(2026, 5, 1)
    head = CycleHead(
        month=day, calendar=Calendar(day, day, day, day), name=mark,
        accounts=frozenset({account_id}),
    )  # fmt: skip
    cycle_id = forecasting.open_cycle(actor=SYSTEM, head=head).id
    entry = AssumptionEntry(
        text=f"{mark} assumption", node=Node(account_id), starts=day, expires=day
    )
    made = forecasting.write_assumption(actor=SYSTEM, cycle_id=cycle_id, entry=entry)
    return {"cycle_id": cycle_id, "assumption_id": made.id}


def _renewal(mark: str, owner: Actor, account_id: int) -> int:
    """Store a renewal with evidence."""
    entry = RenewalEntry(
        account_id=account_id, contract=f"{mark}-C1", title=f"{mark} journals",
        last=date(2027, 3, 5), currency="CNY", notice=NoticeRule(90), note=f"{mark} note",
    )  # fmt: skip
    made = pipeline.create_renewal(actor=owner, entry=entry)
    pipeline.show_evidence(actor=owner, renewal_id=made.id, item="needs", text=f"{mark} letter")
    return made.id


def _opportunity(mark: str, owner: Actor, account_id: int) -> dict[str, int]:
    """Store a tender with a lot, evidence and a day that comes near."""
    entry = OpportunityEntry(
        account_id=account_id, title=f"{mark} tender", kind=OpportunityKind.TENDER,
        currency="CNY", expected_close=date(2027, 3, 5), wanted=f"{mark} wanted",
        competitors=(f"{mark} rival",), note=f"{mark} note", next_step=f"{mark} call",
        next_on=date(2026, 3, 5), submit_until=date(2026, 3, 5),
    )  # fmt: skip
    found = pipeline.create_opportunity(actor=owner, entry=entry)
    pipeline.show_qualification(
        actor=owner, opportunity_id=found.id, item="pain", text=f"{mark} letter"
    )
    part = LotEntry(number=f"{mark}-1", title=f"{mark} lot", amount=Decimal(7))
    lot = pipeline.add_lot(actor=owner, opportunity_id=found.id, entry=part)
    return {"opportunity_id": found.id, "lot_id": lot.id}


def _survey(mark: str, owner: Actor, account_id: int) -> dict[str, Any]:
    """Store a survey with somebody asked, an unhappy answer, and what is known of a signal."""
    day = timezone.localdate()
    who = add_person(
        actor=owner,
        entry=PersonEntry(
            account_id=account_id, name=f"{mark} reader", basis=Basis.INTEREST,
            email=f"{mark.lower()}@example.org",
        ),
    )  # fmt: skip
    entry = SurveyEntry(
        account_id=account_id, name=f"{mark} survey", ends_on=day + timedelta(days=9),
        questions=(Question("nps", Kind.NPS),), note=f"{mark} note",
    )  # fmt: skip
    survey = health.create_survey(actor=owner, entry=entry)
    health.ask_people(actor=owner, survey_id=survey.id, person_ids=[who.id], by_mail=False)
    (asked,) = surveys.invitations_of(survey)
    health.import_answers(
        actor=owner, survey_id=survey.id, name="answers.csv",
        content=f"date,role,nps,why\n{day},{mark} job,1,{mark} reason\n".encode(),
    )  # fmt: skip
    (task,) = surveys.follow_ups_for(owner, survey_id=survey.id)
    health.observe(
        actor=owner, account_id=account_id, signal=Signal.PAYMENT, on=day, value=Decimal(9),
        source=f"{mark} list",
    )  # fmt: skip
    return {"survey_id": survey.id, "invitation_id": asked.id, "follow_up_id": task.id}


def _negotiation(mark: str, owner: Actor, account_id: int) -> dict[str, int]:
    """Store a negotiation with an objection."""
    head = negotiation.Head(name=f"{mark} renewal", currency="CNY", mandate=f"{mark} mandate")
    case = negotiation.open_case(actor=owner, account_id=account_id, head=head)
    entry = negotiation.ObjectionEntry(text=f"{mark} too dear")
    said = negotiation.add_objection(actor=owner, negotiation_id=case.id, entry=entry)
    return {"negotiation_id": case.id, "objection_id": said.id}


def _agreement(mark: str, owner: Actor, account_id: int) -> int:
    """Store a draft agreement of an account with one condition."""
    head = Head(
        account_id=account_id, kind=AgreementKind.ANNUAL, starts=date(2026, 1, 1),
        last=date(2026, 12, 31), currency="CNY", number=f"{mark}-A1", title=f"{mark} agreement",
        customer_entity=f"{mark} entity",
    )  # fmt: skip
    volume = Condition(
        "volume", Family.VOLUME_REBATE, label=f"{mark} rebate", gl_code="4711",
        tiers=(Tier(Decimal(0), Decimal(1)),),
    )  # fmt: skip
    clause = Clause("delivery", f"{mark} heading", f"{mark} clause")
    terms = Terms((volume,), clauses=(clause,))
    return agreements.create_agreement(actor=owner, head=head, terms=terms).id


def _settlement(mark: str, owner: Actor, agreement_id: int) -> int:
    row = models.Settlement(
        agreement_id=agreement_id, starts=date(2026, 1, 1), ends=date(2026, 4, 1),
        currency="CNY", payee=f"{mark} payee",
    )  # fmt: skip
    row.save_checked(owner)
    return row.pk


def _claim(mark: str, owner: Actor, account_id: int) -> dict[str, int]:
    entry = ClaimEntry(
        account_id=account_id, external_number=f"{mark}-DN1", kind=ClaimKind.DEDUCTION,
        reason=ClaimReason.REBATE, amount=Decimal(120), currency="CNY", on=date(2026, 3, 5),
        agreement_number=f"{mark}-A1", condition="volume", note=f"{mark} claim",
    )  # fmt: skip
    claim = receive_claim(actor=owner, entry=entry)
    add_evidence(actor=owner, claim_id=claim.id, text=f"{mark} evidence")
    return {
        "claim_id": claim.id,
        "evidence_id": models.ClaimEvidence.objects.get(claim_id=claim.id).pk,
    }


def _spending(mark: str, owner: Actor, account_id: int) -> dict[str, int]:
    """Store a fund, a campaign and an expense with its proof."""
    day = date(2026, 3, 5)
    fund = agreements.create_fund(
        actor=owner,
        head=FundHead(
            account_id=account_id, name=f"{mark} fund", kind=FundKind.FIXED, currency="CNY",
            budget=Decimal(900), starts=day, expires=day,
        ),
    )  # fmt: skip
    campaign = campaigns.create_campaign(
        actor=owner,
        entry=CampaignEntry(account_id=account_id, name=f"{mark} spring", starts=day, last=day),
    )
    expense = campaigns.plan_expense(
        actor=owner,
        entry=ExpenseEntry(
            account_id=account_id, title=f"{mark} display", category=f"{mark} shelf",
            amount=Decimal(70), currency="CNY", on=day, campaign_id=campaign.id,
        ),
    )  # fmt: skip
    campaigns.add_proof(actor=owner, expense_id=expense.id, text=f"{mark} seen")
    return {
        "fund_id": fund.id,
        "campaign_id": campaign.id,
        "expense_id": expense.id,
        "shown_id": proofs_of(expense.id)[0].id,
    }
