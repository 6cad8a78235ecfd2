"""A negotiation of the world: the renewal of a consortium of hospitals and universities."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from keystead.accounts.queries import account_by_code
from keystead.kit.access import Actor, local_actor
from keystead.negotiation import queries, services
from keystead.negotiation.types.cases import Measure, Outcome, Side
from keystead.negotiation.types.fees import Limits
from keystead.negotiation.types.plans import Answer, PlanQuorum, Rules
from keystead.negotiation.types.room import CaseState, Draft, IssuePlan, OptionPlan, Trust, Who

WHO, CODE = "claire", "CALYPSE"
D = Decimal
# Issue, our and their weight, how sure; then option, what it brings us and them a year in euro.
ISSUES = (
    ("Durée", 3, 1, Trust.HIGH, (("3 ans", 42000, 6000), ("1 an", 0, 15000))),
    ("Hausse annuelle", 5, 4, Trust.MEDIUM,
     (("3 %", 90000, 0), ("2 %", 60000, 30000), ("0 %", 0, 90000))),
    ("Revues supplémentaires", 1, 4, Trust.MEDIUM,
     (("aucune", 0, 0), ("12 titres", -6000, 52000), ("30 titres", -15000, 88000))),
    ("Publication ouverte", 2, 5, Trust.LOW,
     (("sans", 0, 0), ("50 articles", -28000, 64000), ("illimitée", -70000, 110000))),
    ("Paiement", 2, 1, Trust.HIGH, (("à la commande", 12000, 0), ("60 jours", 0, 7000))),
)  # fmt: skip

# Title, its price alone, downloads, citations, authorships a year; open and backfile share.
TITLES = (
    ("Archives of Cardiac Practice", 5200, 9400, 310, 6, 18, 12),
    ("European Letters in Oncology", 6100, 7100, 420, 9, 24, 10),
    ("Pharmacology Quarterly", 3900, 2600, 90, 2, 31, 15),
    ("Annals of Nursing Science", 2800, 5200, 60, 1, 22, 20),
    ("Lumen Immunology", 8400, 1900, 150, 3, 40, 8),
    ("Lumen Genomics", 9700, 3300, 260, 8, 46, 6),
    ("Clinical Imaging Notes", 4600, 820, 20, 0, 15, 25),
    ("Journal of Hospital Practice", 3100, 6400, 35, 1, 12, 18),
    ("Lumen Structural Biology", 11200, 640, 80, 2, 35, 9),
    ("Cell Signals Review", 13800, 1200, 140, 2, 29, 11),
    ("Bulletin of Rare Diseases", 5400, 260, 12, 0, 20, 30),
    ("Anaesthesia Reports", 4300, 2900, 45, 1, 17, 14),
)


def fill_talks(say: Callable[[str], None]) -> None:
    """Write the case, its offers and concessions."""
    actor = local_actor(WHO)
    account = account_by_code(actor, CODE)
    head = services.Head(
        name="Renouvellement 2027", currency="EUR", state=CaseState.OPEN,
        parties=(account.name, "Bureau du consortium"),
        mandate="Trois ans, hausse de 2 % au moins ; pas d’accès ouvert illimité.",
    )  # fmt: skip
    made = services.open_case(actor=actor, account_id=account.id, head=head)
    issues = tuple(
        IssuePlan(
            name, tuple(OptionPlan(text, D(us), D(them)) for text, us, them in options),
            D(ours), D(theirs), trust,
        )
        for name, ours, theirs, trust, options in ISSUES
    )  # fmt: skip
    made = services.set_issues(
        actor=actor, negotiation_id=made.id, expected_version=made.version, issues=issues
    )
    ours = Side(Measure.MONEY, None, (
        Outcome("Contrats séparés avec les grands membres", D(55000), D(60)),
        Outcome("Tout est perdu pour un an", D(-40000), D(40)),
    ), D(10000))  # fmt: skip
    theirs = Side(Measure.MONEY, None, (
        Outcome("Achat titre par titre", D(70000), D(70)),
        Outcome("Prêt entre bibliothèques", D(30000), D(30)),
    ))  # fmt: skip
    made = services.set_sides(
        actor=actor, negotiation_id=made.id, expected_version=made.version, ours=ours,
        theirs=theirs,
    )  # fmt: skip
    seen = queries.picture_of(made)
    for number, one in enumerate(seen.equal if seen else (), 1):
        draft = Draft("", f"Offre {number}", one.package, date(2027, 1, 31))
        made, key = services.save_draft(
            actor=actor, negotiation_id=made.id, expected_version=made.version, draft=draft
        )
        if number == 1:
            services.send_offer(
                actor=actor, negotiation_id=made.id, expected_version=made.version, key=key
            )
            made = queries.negotiation_for(actor, made.id)
    _moves(made.id)
    fill_fees(actor, account.id)
    fill_buyer(actor, made.id)
    say("1 negotiation with its offers, 2 splits of its fee")


def fill_buyer(actor: Actor, negotiation_id: int) -> None:
    """Write what their spreadsheet may say: prices alone, downloads, citations, authors, shares."""
    titles = [
        {"name": name, "price": D(price), "downloads": D(use), "citations": D(cited),
         "authorships": D(wrote), "open_pct": D(free), "backfile_pct": D(old)}
        for name, price, use, cited, wrote, free, old in TITLES
    ]  # fmt: skip
    services.keep_buyer_model(
        actor=actor, negotiation_id=negotiation_id, expected_version=None,
        body={
            "bundle": D(118000), "years": 5, "titles": titles,
            "assumptions": {}, "our_assumptions": {"loan_cost": D(32), "loan_share_pct": D(12)},
            "sensitivity_pct": D(20),
        },
    )  # fmt: skip


def fill_fees(actor: Actor, account_id: int) -> None:
    """Write the agreed split of this year and the draft of the next, with its answers."""
    for year, total, rules in (
        (2026, D("1480000.00"), Rules(method={"kind": "proportional", "measure": "spend"})),
        (2027, D("1509600.00"), Rules(
            method={"kind": "mix", "parts": {"equal": "0.1", "researchers": "0.3", "spend": "0.6"}},
            limits=Limits(up_pct=D(25), down_pct=D(15)), quorum=PlanQuorum("researchers", D(70)),
        )),
    ):  # fmt: skip
        head = services.PlanHead(
            name=f"Redevances {year}", starts=date(year, 1, 1), last=date(year, 12, 31),
            currency="EUR", total=total,
        )  # fmt: skip
        made = services.start_plan(actor=actor, account_id=account_id, head=head)
        said = {made.members[0].account_id: Answer.IN, made.members[1].account_id: Answer.IN}
        made = services.set_rules(
            actor=actor, plan_id=made.id, expected_version=made.version, rules=rules,
            answers=said if year == 2027 else None,
        )  # fmt: skip
        if year == 2026:
            services.agree_plan(actor=actor, plan_id=made.id, expected_version=made.version)


def _moves(negotiation_id: int) -> None:
    actor = local_actor(WHO)
    first = services.concede(
        actor=actor, negotiation_id=negotiation_id,
        step=services.Step(
            on=date(2026, 11, 9), side=Who.US, issue="Revues supplémentaires", before="aucune",
            after="12 titres",
        ),
    )  # fmt: skip
    services.concede(
        actor=actor, negotiation_id=negotiation_id,
        step=services.Step(
            on=date(2026, 11, 12), side=Who.THEM, issue="Durée", before="1 an", after="3 ans",
            answers=first.id,
        ),
    )  # fmt: skip
    entry = services.ObjectionEntry(
        text="Le coût par téléchargement a doublé.",
        answer="Par téléchargement payant il a baissé : la part ouverte ne se paie pas.",
    )
    services.add_objection(actor=actor, negotiation_id=negotiation_id, entry=entry)
