"""A house with four relations to an account: own, shared, foreign, missing. One person a role.

Everything that hangs on an account carries the account's mark in every text it has, so that one
byte of it in a foreign answer is found.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from keystead.accounts import services as accounts
from keystead.accounts.models import ProfileField
from keystead.catalog import services as catalog
from keystead.catalog.services import listings
from keystead.doors.web import services as web
from keystead.doors.web.models import Notice
from keystead.doors.web.tests.house import sell_in
from keystead.forecasting.tests.cells import stored
from keystead.governance.services import approvals, outbound, people, periods
from keystead.governance.types.approvals import Ask, Facts, SubjectKind
from keystead.governance.types.outbound import Finding, Findings, Leak, Severity
from keystead.kernel.periods import Period
from keystead.kit.access import SYSTEM, Actor, actor_for
from keystead.kit.access.matrix import ROLE_ORDER
from keystead.kit.models import ApiToken, User
from keystead.ledger.tests.desk_factories import bring
from keystead.metrics.calc.proof_ids import decode, encode
from keystead.metrics.queries import evaluate
from keystead.scorecards import services as scorecards
from tests.security.circle import fill_circle
from tests.security.deals import fill_deals
from tests.security.meetings import fill_kept, fill_meetings
from tests.security.plans import fill_plans
from tests.security.readers import fill_readers, fill_servers

OWN, SHARED, FOREIGN, MISSING = "own", "shared", "foreign", "missing"
RELATIONS = (OWN, SHARED, FOREIGN, MISSING)
MARKS = {OWN: "QOWNZ", SHARED: "QSHAREDZ", FOREIGN: "QFOREIGNZ"}
NOBODY = 987_654_321
DAY = date(2026, 3, 5)
Values = dict[str, dict[str, Any]]


@dataclasses.dataclass
class House:
    """People by role, and for each name of a parameter the value of each relation.

    ``shared`` values belong to the account; ``personal`` ones to the person of a role.
    """

    people: dict[str, Actor]
    account: Values
    personal: dict[str, Values]

    def values(self, role: str) -> Values:
        return {**self.account, **self.personal[role]}


CONSTANTS = {  # what a path names beside accounts and their things
    "key": "risks",
    "metric_id": "sell_in",
    "metric": "sell_in",
    "ending": "csv",
    "uidb36": "1",
    "kind": "csv",
    "topic": "conduct",
    "condition": "volume",
    "clause": "delivery",
    "step": "submit",
    "state": "preparing",
    "outcome": "lost",
    "stage": "proposal",
    "draft": "a",
    "line": "claim",
    "secret": "nobody-made-this",
    "to": "frozen",
    "number": 1,
}


def build() -> House:
    """Store the house; call inside a transaction that is rolled back."""
    roles = {role: _person(f"r_{role}", role) for role in ROLE_ORDER}
    keeper, stranger = _person("keeper", "kam"), _person("stranger", "kam")
    _matrix()
    _fields()
    product = catalog.create_product(
        actor=SYSTEM, sku="P-1", name="Aspirin", kind="medicine", unit="pack"
    )
    owners = {OWN: roles["kam"], SHARED: keeper, FOREIGN: stranger}
    filled: Values = {}
    for relation, owner in owners.items():
        for name, value in _fill(relation, owner, product.id, roles).items():
            filled.setdefault(name, {})[relation] = value
    for name, values in filled.items():
        values[MISSING] = "q-missing" if isinstance(values[FOREIGN], str) else NOBODY
        if name == "proof_id":
            key = decode(values[FOREIGN])
            values[MISSING] = encode(dataclasses.replace(key, accounts=frozenset({NOBODY})))
    constants = {**CONSTANTS, "product_id": product.id}
    for name, value in constants.items():
        filled[name] = dict.fromkeys(RELATIONS, value)
    territory = accounts.add_territory(actor=SYSTEM, code="T-1").id
    month = timezone.localdate().replace(day=1) - timedelta(days=1)
    lock = periods.close_period(
        actor=roles["finance"],
        ledger="expense",
        label=f"{month:%Y-%m}",
        start=month.replace(day=1),
        end=month + timedelta(days=1),
    )
    for name, value in (
        ("territory_id", territory),
        ("lock_id", lock.id),
        ("set_id", 1),
        ("code_id", NOBODY),
        ("part_id", NOBODY),
        ("group_id", catalog.create_group(actor=SYSTEM, code="Q-1", name="Focus").id),
        ("member_id", NOBODY),
        ("hit_id", NOBODY),
        ("glass_id", NOBODY),
        ("person_id", roles["viewer"].user_id),
        ("job_id", NOBODY),
        *fill_servers().items(),
        *fill_kept().items(),
    ):
        filled[name] = {**dict.fromkeys(RELATIONS, value), MISSING: NOBODY}
    personal = {role: _personal(actor, stranger) for role, actor in roles.items()}
    return House(roles, filled, personal)


def _person(name: str, *roles: str) -> Actor:
    user = User.objects.create(username=name, roles=list(roles), first_name=name)
    return actor_for(user)


def _matrix() -> None:
    row = {"kind": "agreement", "name": "All", "steps": [{"roles": ["director"], "due_days": 2}]}
    approvals.save_policy(actor=SYSTEM, row=row)


def _fields() -> None:
    """Define the profile fields of the walk where an emptied database has lost what is shipped."""
    for label, group in (
        ("Risks", ""),
        ("Private notes", "private_notes"),
        ("Payment terms", "terms"),
    ):
        key = label.lower().replace(" ", "_")
        if not ProfileField.objects.filter(key=key).exists():
            assert accounts.define_profile_field(actor=SYSTEM, label=label, group=group) == key


def _passed_on(relation: str, owner: Actor, account_id: int, product_id: int) -> dict[str, Any]:
    mark = MARKS[relation]
    found: dict[str, Any] = {}
    found["cycle_id"] = stored(
        {(account_id, product_id): [10, 20]}, accounts=[account_id], name=f"{mark} cycle"
    ).id
    found["handover_id"] = accounts.hand_over(
        actor=owner, account_id=account_id, to_user_id=_person(f"heir of {relation}", "kam").user_id or 0,
        reason=f"{mark} hand-over", at=timezone.now() + timedelta(days=9),
    ).id  # fmt: skip
    found["release_id"] = _looked_over(mark, owner, account_id)
    return found


def _fill(relation: str, owner: Actor, product_id: int, roles: dict[str, Actor]) -> dict[str, Any]:
    """Store one account with one of everything; return the values of the parameters."""
    mark = MARKS[relation]
    one = accounts.create_account(
        actor=owner, code=f"{mark}-CODE", name=f"{mark} Pharmacy", kind="pharmacy_chain",
        currency="CNY", country="CN", segment=f"{mark} segment", territory=f"{mark} territory",
        channel=f"{mark} channel",
    )  # fmt: skip
    group = accounts.create_account(actor=owner, code=f"{mark}-G", name=f"{mark} G", kind="group")
    old = accounts.create_account(actor=owner, code=f"{mark}-O", name=f"{mark} O", kind="shop")
    _open(relation, owner, (one, group, old), roles)
    texts = {"risks": "risk", "private_notes": "private", "payment_terms": "terms"}
    for key, word in texts.items():
        accounts.set_profile(
            actor=owner, account_id=one.id, key=key, value=f"{mark} {word}", source=mark,
            reviewed_on=date(2024, 1, 1),
        )  # fmt: skip
    found = {
        "account_id": one.id,
        "code": f"{mark}-CODE",
        "identifier_id": accounts.add_identifier(
            actor=owner, account_id=one.id, scheme="other", value=f"{mark}-ID"
        ).id,
        "measure_id": accounts.set_measure(
            actor=owner, account_id=one.id, kind="beds", value=900, as_of=DAY, note=f"{mark} beds"
        ).id,
        "membership_id": accounts.add_membership(
            actor=owner, member_id=one.id, group_id=group.id
        ).id,
        "share_id": accounts.share_account(
            actor=SYSTEM, account_id=one.id, user_id=_person(f"guest of {relation}", "viewer").user_id or 0,
            reason=f"{mark} share",
        ).id,
        "listing_id": listings.add_listing(
            actor=owner, account_id=one.id, product_id=product_id, valid_from=DAY,
            note=f"{mark} listing",
        ).id,
    }  # fmt: skip
    member = _person(f"member of {relation}", "viewer").user_id or 0
    found["team_id"] = accounts.assign_team(actor=SYSTEM, account_id=one.id, user_id=member).id
    found["merge_id"] = accounts.merge_accounts(
        actor=SYSTEM, source_id=old.id, target_id=one.id, why=mark
    ).id
    rows = [(one.id, DAY, 500), (one.id, date(2025, 3, 5), 400)]
    sell_in(SYSTEM, rows, lineage=mark)
    found |= _measured(mark, owner, one.id)
    found |= fill_deals(mark, owner, one.id)
    found |= fill_meetings(mark, owner, one.id)
    found |= fill_circle(mark, owner, one.id)
    found |= fill_plans(mark, owner, one.id)
    found |= fill_readers(mark, owner, one.id, group.id, found["negotiation_id"])
    found |= _passed_on(relation, owner, one.id, product_id)
    return found


def _looked_over(mark: str, owner: Actor, account_id: int) -> int:
    """Hand a document in that waits for another person; return its release."""
    seen = Finding(f"{mark} slide", Leak.OPINION, Severity.REVIEW, mark)
    leaving = outbound.Leaving(account_id, "deck", f"{mark}.pptx", mark.zfill(64), owner.user_id)
    return outbound.hand_in(actor=owner, findings=Findings((seen,)), leaving=leaving).id


def _open(relation: str, owner: Actor, made: tuple[Any, ...], roles: dict[str, Actor]) -> None:
    for item in made:
        for role in ("viewer", "director", "admin"):
            user = roles[role].user_id or 0
            if relation == OWN:
                accounts.assign_team(actor=SYSTEM, account_id=item.id, user_id=user)
        if relation == SHARED:
            for role in ("viewer", "kam", "director"):
                accounts.share_account(
                    actor=SYSTEM, account_id=item.id, user_id=roles[role].user_id or 0,
                    reason="QSHAREDZ holidays",
                )  # fmt: skip


def _measured(mark: str, owner: Actor, account_id: int) -> dict[str, Any]:
    """Store an import, an approval and a frozen scorecard of an account, and one of its proofs."""
    batch = bring(
        f"Invoice No,Customer ID,SKU,Invoice date,Qty,Value,Currency\n"
        f"{mark}-F1,{mark}-CODE,P-1,2026-04-05,10,25.00,CNY\n"
        f"{mark}-F2,{mark}-NEW,P-1,2026-04-06,10,25.00,CNY\n",
        name=f"{mark}.csv",
        source=f"{mark} erp",
        actor=owner,
    )
    asked = approvals.request_approval(
        actor=owner,
        ask=Ask(
            kind=SubjectKind.AGREEMENT, subject_id=mark, title=f"{mark} contract",
            account_id=account_id, content_hash=mark, facts=Facts(Decimal(9000), "CNY"),
            evidence={"note": mark},
        ),
    )  # fmt: skip
    seen = evaluate(
        actor=owner, metrics=["sell_in"], period="2026-03", filters={"account": account_id}
    )
    proof = seen.figure("sell_in").proof_id
    frozen = scorecards.freeze_card(
        actor=owner, account_id=account_id, period=Period.parse("2026-03"), comment=f"{mark} card"
    )
    return {
        "batch_id": batch.id,
        "request_id": asked.id,
        "proof_id": proof,
        "snapshot_id": frozen.id,
    }


def _personal(actor: Actor, stranger: Actor) -> Values:
    """Return what belongs to a person: saved views, tokens, notices; the stranger's is foreign."""
    made: dict[str, Callable[[Actor], int]] = {
        "view_id": _view,
        "token_id": _token,
        "notice_id": lambda who: Notice.objects.create(user_id=who.user_id, kind="x").pk,
        "delegation_id": _delegation,
        "visit_id": lambda who: NOBODY,
    }
    return {
        name: {OWN: make(actor), SHARED: make(actor), FOREIGN: make(stranger), MISSING: NOBODY}
        for name, make in made.items()
    }


def _view(who: Actor) -> int:
    if not who.can("accounts.view"):
        return NOBODY
    number = len(web.views_of(who))
    return web.save_view(actor=who, name=f"{_mark(who)} view {number}", query="").id


def _mark(who: Actor) -> str:
    return MARKS[FOREIGN] if who.username == "stranger" else MARKS[OWN]


def _token(who: Actor) -> int:
    made, _secret = people.issue_token(actor=who, label=_mark(who))
    return int(ApiToken.objects.get(pk=made.id).pk)


def _delegation(who: Actor) -> int:
    if not who.can("approvals.view"):
        return NOBODY
    deputy = User.objects.get(username="keeper")
    today = timezone.localdate()
    made = approvals.delegate(
        actor=who,
        to_user_id=deputy.pk,
        starts=today,
        ends=today + timedelta(days=3),
        reason=_mark(who),
    )
    return int(made.id)
