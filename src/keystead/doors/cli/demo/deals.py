"""Writes, approves and signs the contracts of the world, as the people who would."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from keystead.accounts.queries import account_by_code
from keystead.agreements import services
from keystead.agreements.queries import agreement_for
from keystead.agreements.services.accruing import catch_up
from keystead.agreements.types import Agreement, Family, Head, Tier
from keystead.agreements.types.claims import ClaimEntry
from keystead.agreements.types.funds import FundHead, FundKind
from keystead.campaigns import services as campaigns
from keystead.campaigns.types import CampaignEntry, ExpenseEntry
from keystead.catalog import services as catalog
from keystead.catalog.queries import product_by_sku
from keystead.doors.cli.demo.world.deals import CLAIMS, DEALS, EXPENSES, FUNDS, GROUPS, Deal
from keystead.governance.queries.approvals import latest
from keystead.governance.services import approvals
from keystead.governance.types.approvals import RequestState, SubjectKind
from keystead.kernel.errors import KeysteadError
from keystead.kernel.periods import Period
from keystead.kit.access import local_actor
from keystead.profitability.services.offers import Start, save_offer, start_case
from keystead.profitability.types.offers import Origin

Say = Callable[[str], None]
FINANCE, ACCRUED_TO = "paul", date(2026, 10, 1)  # the last whole month of the world
DECIDING = ("anna", "paul", "sofia")  # director, finance, compliance


def fill_deals(people: dict[str, int], say: Say) -> Agreement:
    """Write the contracts; those that were signed are approved, signed and in force.

    Returns the one that next year's offers follow.
    """
    name_groups()
    set_aside(2027)
    made = {(deal.account, deal.year): write(deal, people) for deal in DEALS}
    show_gates(made["JH-01", 2026])
    settle(made["JH-01", 2026], date(2026, 6, 30))
    receive_claims()
    spent = spend(set_aside(2026, made["JH-01", 2026]))
    say(f"{len(DEALS)} contracts, a settlement, {len(CLAIMS)} claims, {spent} expenses")
    return made["JH-01", 2026]


def name_groups() -> None:
    """Name the groups of products that terms speak of."""
    ops = local_actor("ming")
    for code, name, skus, category in GROUPS:
        made = catalog.create_group(actor=ops, code=code, name=name)
        for sku in skus:
            product = product_by_sku(ops, sku)
            catalog.add_member(actor=ops, group_id=made.id, product_id=product.id)
        if category:
            catalog.add_member(actor=ops, group_id=made.id, category=category)


def set_aside(year: int, found: Agreement | None = None) -> int:
    """Set money aside for the marketing of a customer in a year; return the fund."""
    lin, (name, budget) = local_actor("lin"), FUNDS[year]
    account = account_by_code(lin, "JH-01")
    head = FundHead(
        account_id=account.id,
        name=name,
        kind=FundKind.FIXED,
        currency=account.currency,
        starts=date(year, 1, 1),
        expires=date(year, 12, 31),
        budget=budget,
        agreement_id=found.id if found else None,
    )
    return services.create_fund(actor=lin, head=head).id


def write(deal: Deal, people: dict[str, int]) -> Agreement:
    """Write one contract and bring it as far as it is in the world."""
    owner = local_actor(deal.owner)
    account = account_by_code(owner, deal.account)
    found = services.create_agreement(
        actor=owner,
        head=Head(
            account_id=account.id,
            kind=deal.kind,
            starts=date(deal.year, 1, 1),
            last=date(deal.year, 12, 31),
            currency=account.currency,
            title=deal.title,
            maker_entity=deal.maker,
            customer_entity=deal.customer,
            law=deal.law,
            owner_id=people[deal.owner],
            notice_days=deal.notice_days,
        ),
        terms=deal.terms,
    )
    if deal.signed is None:
        return found
    found = services.submit(actor=owner, agreement_id=found.id, expected_version=found.version)
    approve(SubjectKind.AGREEMENT, str(found.versions[-1].id))
    found = agreement_for(owner, found.id)
    found = services.sign(
        actor=owner,
        agreement_id=found.id,
        expected_version=found.version,
        signed_on=deal.signed,
    )
    found = services.activate(actor=owner, agreement_id=found.id)
    catch_up(
        actor=local_actor(FINANCE),
        agreement_id=found.id,
        first=date(deal.year, 1, 1),
        last=ACCRUED_TO,
    )
    return found


def approve(kind: SubjectKind, subject: str) -> None:
    """Let each role that must decide do so."""
    for username in DECIDING:
        request = latest(kind, subject)
        if request is None or request.state is not RequestState.OPEN:
            return
        try:
            approvals.decide(actor=local_actor(username), request_id=request.id, approve=True)
        except KeysteadError:
            continue  # not asked


def show_gates(found: Agreement) -> None:
    """Say what was shown for the first half: the data came, and no invoice was overdue."""
    for quarter in ("2026-Q1", "2026-Q2"):
        for name, evidence in (
            ("data_on_time", "十三周数据均按时收到"),
            ("no_overdue_debt", "应收账龄表"),
        ):
            services.record_gate(
                actor=local_actor(FINANCE),
                agreement_id=found.id,
                name=name,
                period=Period.parse(quarter),
                met=True,
                evidence=evidence,
            )


def settle(found: Agreement, last: date) -> None:
    """Calculate a settlement up to a day, have the customer agree, and ask for its approval."""
    lin = local_actor("lin")
    one = services.open_settlement(actor=lin, agreement_id=found.id, last=last)
    one = services.calculate(actor=lin, settlement_id=one.id, expected_version=one.version)
    one = services.partner_agrees(
        actor=lin,
        settlement_id=one.id,
        expected_version=one.version,
        partner="京禾健康 采购部",
        on=date(2026, 7, 16),
    )
    services.submit_settlement(actor=lin, settlement_id=one.id, expected_version=one.version)


def weigh_offers(found: Agreement) -> None:
    """Put two offers for the next year beside each other: as it is, and a higher last tier."""
    lin = local_actor("lin")
    case = start_case(
        actor=lin,
        start=Start(
            account_id=found.account_id, name="2027 年度方案", starts=date(2027, 1, 1),
            last=date(2027, 12, 31), currency=found.currency, origin=Origin.IN_FORCE,
            agreement_id=found.id,
        ),
    )  # fmt: skip
    plain, higher = case.offers
    conditions = tuple(
        replace(one, tiers=(*one.tiers[:-1], Tier(Decimal(26_000_000), Decimal("3.5"))))
        if one.family is Family.VOLUME_REBATE else one
        for one in higher.terms.conditions
    )  # fmt: skip
    for offer in (
        replace(plain, name="照旧"),
        replace(
            higher, name="高档位", volume_pct=Decimal(5),
            terms=replace(higher.terms, conditions=conditions),
        ),
    ):  # fmt: skip
        case = save_offer(actor=lin, case_id=case.id, expected_version=case.version, offer=offer)


def receive_claims() -> None:
    """Take in what the customers asked for."""
    for claim in CLAIMS:
        actor = local_actor(claim.owner)
        account = account_by_code(actor, claim.account)
        services.receive_claim(
            actor=actor,
            entry=ClaimEntry(
                account_id=account.id,
                external_number=claim.number,
                kind=claim.kind,
                reason=claim.reason,
                amount=claim.amount,
                currency=account.currency,
                on=claim.on,
                first=claim.first,
                last=claim.last,
                due_on=claim.due_on,
                note=claim.note,
            ),
        )


def spend(fund_id: int) -> int:
    """Plan the spending of a campaign; part of it is approved and committed."""
    lin = local_actor("lin")
    account = account_by_code(lin, "JH-01")
    campaign = campaigns.create_campaign(
        actor=lin,
        entry=CampaignEntry(
            account_id=account.id,
            name="双12 健康节",
            starts=date(2026, 12, 8),
            last=date(2026, 12, 14),
            category="促销",
        ),
    )
    for title, amount, state, funded in EXPENSES:
        made = campaigns.plan_expense(
            actor=lin,
            entry=ExpenseEntry(
                account_id=account.id,
                title=title,
                category="促销",
                amount=amount,
                currency=account.currency,
                on=date(2026, 12, 14),
                campaign_id=campaign.id,
                fund_id=fund_id if funded else None,
                ledger_code="6601.41",
                payee="京禾健康",
            ),
        )
        if state != "planned":
            campaigns.ask_for_approval(actor=lin, expense_id=made.id)
        if state == "committed":
            approve(SubjectKind.EXPENSE, str(made.id))
            campaigns.commit_expense(
                actor=lin, expense_id=made.id, amount=amount, on=date(2026, 11, 20)
            )
    return len(EXPENSES)
