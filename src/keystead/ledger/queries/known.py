"""What codes and names can mean: accounts as far as the actor sees them, products, guesses."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from keystead.accounts.queries import account_dimension, account_keys, scope_for
from keystead.catalog.queries import product_dimension, product_keys
from keystead.kit.access import Actor
from keystead.ledger.rules.matching import Known
from keystead.ledger.types.desk import Proposal


def known_accounts(actor: Actor, source: str) -> Known:
    """Return what accounts are called; those that are not the actor's stay unknown."""
    keys, dimension = account_keys(), account_dimension()
    scope = scope_for(actor)
    if not scope.everything:
        mine = pa.array(sorted(scope.account_ids), pa.int64())
        keys = keys.filter(pc.is_in(keys["account_id"], value_set=mine))
        dimension = dimension.filter(pc.is_in(dimension["account_id"], value_set=mine))
    return Known(_rows(keys, "account_id"), _labels(dimension, "account_id", "code"), source)


def known_products(source: str) -> Known:
    """Return what products are called."""
    dimension = product_dimension()
    return Known(
        _rows(product_keys(), "product_id"), _labels(dimension, "product_id", "sku"), source
    )


def proposals_for(
    actor: Actor, kind: str, source: str, pairs: Iterable[tuple[str, str]], limit: int = 5
) -> list[tuple[Proposal, ...]]:
    """Return the best guesses for each (code, name), best first; for one page of codes."""
    known = known_accounts(actor, source) if kind == "account" else known_products(source)
    return [known.proposals(code, name, limit) for code, name in pairs]


def labels_for(actor: Actor, kind: str, ids: Iterable[int]) -> dict[int, str]:
    """Return "code · name" of accounts or products by id; foreign accounts are left out."""
    known = known_accounts(actor, "") if kind == "account" else known_products("")
    return {pk: known.labels[pk] for pk in ids if pk in known.labels}


def _rows(keys: pa.Table, target: str) -> list[tuple[int, str, str, str]]:
    columns = [keys[name].to_pylist() for name in (target, "scheme", "value", "source")]
    return list(zip(*columns, strict=True))


def _labels(dimension: pa.Table, target: str, code: str) -> dict[int, str]:
    columns = [dimension[name].to_pylist() for name in (target, code, "name")]
    return {pk: f"{text} · {name}" for pk, text, name in zip(*columns, strict=True)}
