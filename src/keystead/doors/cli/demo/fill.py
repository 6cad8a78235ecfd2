"""Fills an empty home folder with the people, accounts and products of the world."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal

from keystead.accounts.services import (
    accounts,
    identifiers,
    measures,
    memberships,
    profile,
    team,
)
from keystead.accounts.types import Confidence, MembershipRole, Scheme, Span, TeamRole
from keystead.catalog.services import codes, listings, prices, products
from keystead.catalog.types import PricePurpose, ProductScheme
from keystead.doors.cli.demo.world.profiles import profile_of
from keystead.doors.cli.demo.world.trade_moves import CENT, LIST_STEPS, sells
from keystead.doors.cli.demo.world.trade_story import DELISTED, LAUNCHES, on_range
from keystead.doors.cli.demo.world.types import DemoAccount, DemoProduct, User
from keystead.doors.cli.demo.world.whole import PASSWORD, World
from keystead.governance.queries.acknowledgements import owing
from keystead.governance.services import acknowledgements, people
from keystead.kit.access import SYSTEM, Actor, local_actor
from keystead.reference.services import import_rates

STARTED = date(2023, 11, 1)
SOURCE = "synthetic"
Say = Callable[[str], None]


def fill_base(world: World, say: Say) -> tuple[Actor, dict[str, int]]:
    """Add people, rates, products and accounts; return who does the rest, and the user ids."""
    ids = {}
    for user in world.users:
        person = people.add_person(
            actor=SYSTEM,
            username=user.username,
            password=PASSWORD,
            roles=user.roles,
            name=user.name,
            manager=user.manager,
            language=user.language,
        )
        ids[user.username] = person.id
    say(f"{len(ids)} people")
    confirm_texts(world.users)
    ops = local_actor("ming")
    import_rates(actor=ops, content=_rates(), name="eur-cny-synthetic.csv", source=SOURCE)
    goods = {product.sku: _add_product(ops, product) for product in world.products}
    for source, sku, code in world.platform_codes:
        codes.add_code(
            actor=ops,
            product_id=goods[sku],
            scheme=ProductScheme.CUSTOMER_SKU,
            value=code,
            source=source,
        )
    for product in world.products:
        _add_prices(ops, product, goods[product.sku])
    say(f"{len(goods)} products")
    partners = {account.code: _add_account(ops, account, ids) for account in world.accounts}
    for account in world.accounts:
        _join(ops, account, partners)
    say(f"{len(partners)} accounts")
    _list_products(ops, world, partners, goods)
    return ops, ids


def confirm_texts(users: Iterable[User]) -> None:
    """Let everybody confirm what concerns them, then switch on the rules that hang on it."""
    for user in users:
        actor = local_actor(user.username)
        for one in owing(actor):
            acknowledgements.acknowledge(
                actor=actor,
                topic=one.statement.topic.value,
                edition=one.statement.edition,
                language=user.language,
                answers={place: item.right for place, item in enumerate(one.statement.quiz)},
            )
    for topic in ("competition_law", "data_protection"):
        acknowledgements.enforce(actor=SYSTEM, topic=topic, on=True, why=SOURCE)


def _rates() -> bytes:
    lines = ["date,from,to,rate,source"]
    for number in range(37):
        year, month = 2023 + (10 + number) // 12, (10 + number) % 12 + 1
        wobble = Decimal((number * 7) % 11 - 5) / 100
        lines.append(f"{year}-{month:02d}-01,EUR,CNY,{Decimal('7.82') + wobble},{SOURCE}")
    return ("\n".join(lines) + "\n").encode()


def _add_product(ops: Actor, product: DemoProduct) -> int:
    made = products.create_product(
        actor=ops,
        source=SOURCE,
        sku=product.sku,
        name=product.name,
        brand=product.brand,
        category=product.category,
        kind=product.kind,
        unit=product.unit,
        gtin=product.gtin,
        atc=product.atc,
        supply=product.line if product.line in ("rx", "otc") else "",
    )
    if product.local_name:
        codes.add_code(
            actor=ops,
            product_id=made.id,
            scheme=ProductScheme.ALIAS,
            value=product.local_name,
        )
    return made.id


def _add_prices(ops: Actor, product: DemoProduct, product_id: int) -> None:
    """List what the maker asks before discounts, and what it recommends to the consumer.

    What the publisher sells has a fee that is negotiated with each customer, and no list price.
    """
    if not product.gtin:
        return
    begun = LAUNCHES.get(product.sku, STARTED)
    lists = [
        (
            PricePurpose.LIST,
            product.price * step,
            None,
            Span(max(date(year, 1, 1), begun), next_year),
        )
        for year, step in LIST_STEPS.items()
        if (next_year := date(year + 1, 1, 1)) > begun
    ]
    for purpose, amount, tax, span in (
        *lists,
        (PricePurpose.RECOMMENDED, product.shelf, Decimal(13), Span(begun, None)),
    ):
        prices.add_price(
            actor=ops,
            product_id=product_id,
            purpose=purpose,
            amount=amount.quantize(CENT),
            currency="CNY",
            span=span,
            tax_pct=tax,
            source=SOURCE,
        )


def _add_account(ops: Actor, account: DemoAccount, people_ids: dict[str, int]) -> int:
    made = accounts.create_account(
        actor=ops,
        source=SOURCE,
        code=account.code,
        name=account.name,
        kind=account.kind,
        country=account.country,
        currency=account.currency,
        segment=account.segment,
        territory=account.territory,
        channel=account.channel,
    )
    if account.alias:
        identifiers.add_identifier(
            actor=ops, account_id=made.id, scheme=Scheme.ALIAS, value=account.alias
        )
    for place, username in enumerate(account.team):
        team.assign_team(
            actor=ops,
            account_id=made.id,
            user_id=people_ids[username],
            role=TeamRole.MEMBER if place else TeamRole.OWNER,
            valid_from=STARTED,
        )
    for kind, value in account.measures:
        for year, part in ((2024, Decimal("0.96")), (2026, Decimal(1))):
            measures.set_measure(
                actor=ops,
                account_id=made.id,
                kind=kind,
                value=(value * part).quantize(Decimal(1)),
                as_of=date(year, 1, 1),
                source="annual report",
                confidence=Confidence.HIGH if year == 2026 else Confidence.MEDIUM,
            )
    keeper = local_actor(account.team[0]) if account.team else ops  # who may write terms and notes
    for key, answer, reviewed in profile_of(account):
        profile.set_profile(
            actor=keeper,
            account_id=made.id,
            key=key,
            value=answer,
            reviewed_on=reviewed,
            source=SOURCE,
        )
    return made.id


def _join(ops: Actor, account: DemoAccount, ids: dict[str, int]) -> None:
    for group, role in (
        (account.parent, MembershipRole.PARENT),
        (account.member_of, MembershipRole.CONSORTIUM_MEMBER),
    ):
        if group:
            memberships.add_membership(
                actor=ops,
                member_id=ids[account.code],
                group_id=ids[group],
                role=role,
                valid_from=STARTED,
                source=SOURCE,
            )


def _list_products(
    ops: Actor, world: World, partners: dict[str, int], goods: dict[str, int]
) -> None:
    """List what each account carries, with the day it came and, if so, the day it went."""
    for account in world.accounts:
        for product in world.products:
            if not account.ranges or account.kind == "distributor" or not product.gtin:
                continue
            if not sells(account, product):
                continue
            gone = [
                window
                for window in DELISTED
                if window.covers(window.first, account.code, product.sku)
            ]
            listings.add_listing(
                actor=ops,
                account_id=partners[account.code],
                product_id=goods[product.sku],
                valid_from=LAUNCHES.get(product.sku, STARTED),
                valid_to=gone[0].first if gone else None,
                agreed=product.weight > 1.5,
                source=SOURCE,
            )
            back = gone and on_range(account, product, date(2026, 11, 1))
            if back:
                listings.add_listing(
                    actor=ops,
                    account_id=partners[account.code],
                    product_id=goods[product.sku],
                    valid_from=date(2025, 11, 1),
                    agreed=True,
                    source=SOURCE,
                )
