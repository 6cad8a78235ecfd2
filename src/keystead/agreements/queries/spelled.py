"""What ids in terms are called, for the one who reads: products, groups, accounts they may see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

import pyarrow as pa
import pyarrow.compute as pc
from django.utils.translation import ngettext

from keystead.accounts.queries import accounts_for
from keystead.catalog.queries import group_names, product_dimension
from keystead.kit.access import Actor

_reader: ContextVar[Actor | None] = ContextVar("terms_reader", default=None)


@contextmanager
def told_to(actor: Actor) -> Iterator[None]:
    """Tell sentences to somebody: accounts they may not see are counted, and never named.

    Outside of it (in what is kept for several readers) no account is named.
    """
    token = _reader.set(actor)
    try:
        yield
    finally:
        _reader.reset(token)


def product_codes(ids: Iterable[int]) -> Mapping[int, str]:
    """Return the SKU of each product, that of the one it lives on in; one read for all."""
    wanted = pa.array(sorted(set(ids)), pa.int64())
    if not len(wanted):
        return {}
    table = product_dimension().select(["product_id", "sku"])
    held = table.filter(pc.is_in(table["product_id"], value_set=wanted))
    return dict(zip(held["product_id"].to_pylist(), held["sku"].to_pylist(), strict=True))


def products_text(ids: Sequence[int]) -> str:
    """Return products by their SKU, in the order of the terms."""
    codes = product_codes(ids)
    return ", ".join(codes.get(one, "–") for one in ids)


def accounts_text(ids: Sequence[int]) -> str:
    """Return the accounts the reader may see by name, and how many others there are."""
    reader = _reader.get() if ids else None
    names = {} if reader is None else {one.id: one.name for one in accounts_for(reader)}
    told = [names[one] for one in ids if one in names]
    rest = len(ids) - len(told)
    if rest and told:
        told.append(ngettext("%(count)s other", "%(count)s others", rest) % {"count": rest})
    elif rest:
        told.append(ngettext("%(count)s account", "%(count)s accounts", rest) % {"count": rest})
    return ", ".join(told)


def groups_text(codes: Sequence[str]) -> str:
    """Return product groups by name with their code."""
    names = group_names() if any(codes) else {}
    return ", ".join(f"{names[one]} ({one})" if one in names else one for one in codes)
