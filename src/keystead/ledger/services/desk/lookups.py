"""What the check needs to know of accounts and products, as far as the actor may see them."""

from __future__ import annotations

from keystead.accounts.queries import account_currencies
from keystead.catalog.queries import product_dimension
from keystead.kit.access import Actor
from keystead.ledger.queries.known import known_accounts, known_products
from keystead.ledger.rules.check import Lookups
from keystead.ledger.rules.fold import fold
from keystead.ledger.services.desk.memory import aliases
from keystead.reference.queries import units


def lookups_for(actor: Actor, source: str) -> Lookups:
    """Return codes, names, aliases, currencies and units for one source.

    Accounts that are not the actor's stay unknown: their rows wait for somebody who sees them.
    """
    products, money = product_dimension(), account_currencies()
    unit_codes = {fold(name): unit.code for unit in units() for name in (unit.code, *unit.aliases)}
    product_units = [
        unit_codes.get(fold(text or ""), text) for text in products["unit"].to_pylist()
    ]
    return Lookups(
        accounts=known_accounts(actor, source),
        products=known_products(source),
        account_aliases=aliases(source, "account"),
        product_aliases=aliases(source, "product"),
        account_currency=dict(
            zip(money["account_id"].to_pylist(), money["currency"].to_pylist(), strict=True)
        ),
        product_unit=dict(zip(products["product_id"].to_pylist(), product_units, strict=True)),
        units=unit_codes,
    )
