"""Where the lines of a cycle differ, and from target and contract: shown, never blended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from keystead.forecasting import models
from keystead.forecasting.queries.promised import promised_gaps
from keystead.forecasting.queries.table import table_of
from keystead.forecasting.types.cycle import STACK, Gap, Layer, Node
from keystead.forecasting.types.table import CycleTable, exactly
from keystead.kit.access import SYSTEM, Actor


def gaps_of(actor: Actor, table: CycleTable) -> tuple[Gap, ...]:
    """Return the gaps between neighbouring lines by brand over the whole horizon.

    Only lines that say something of their own are compared, each with the one below it. ``over``
    is a gap of more than the cycle's ``gap_pct``; it is ``explained`` by the newest remark about
    it. The largest come first; after them those to targets and contracts the reader may see.
    """
    said = explained(table.cycle.id)
    return (*between_layers(table, said), *_promised(actor, table, said))


def between_layers(table: CycleTable, said: Mapping[str, str]) -> tuple[Gap, ...]:
    """Return the gaps of a table; ``said`` holds explanations by the name of the gap."""
    brands = sorted({one.brand for one in table.series})
    found: list[Gap] = []
    pairs = [(below, layer) for below, layer in pairwise(STACK) if layer in table.named]
    for brand in brands:
        rows = [at for at, one in enumerate(table.series) if one.brand == brand]
        for below, layer in pairs:
            ours = exactly(float(table.layers[layer][rows].sum()))
            theirs = exactly(float(table.layers[below][rows].sum()))
            if ours == theirs:
                continue
            pct = (ours - theirs) * 100 / theirs if theirs else None
            over = pct is None or abs(pct) > table.cycle.head.gap_pct
            name = gap_name(layer, below, brand)
            found.append(
                Gap(
                    Node(brand=brand), brand, layer.value, below.value, ours, theirs, pct, over,
                    said.get(name, ""),
                )
            )  # fmt: skip
    return tuple(sorted(found, key=lambda one: -abs(one.ours - one.theirs)))


def gaps_of_row(row: models.CycleRow) -> tuple[Gap, ...]:
    """Return the gaps of the whole cycle, of all accounts. No rights are checked."""
    said, table = explained(row.pk), table_of(row)
    return (*between_layers(table, said), *_promised(SYSTEM, table, said))


def _promised(actor: Actor, table: CycleTable, said: Mapping[str, str]) -> tuple[Gap, ...]:
    found = promised_gaps(actor, table)
    return tuple(replace(one, explained=said.get(name_of(one), "")) for one in found)


def name_of(gap: Gap) -> str:
    """Return what a remark is about that explains this gap."""
    return gap_name(gap.layer, gap.against, gap.label)


def gap_name(layer: Layer | str, against: Layer | str, brand: str) -> str:
    """Return what a remark is about that explains a gap.

    >>> gap_name(Layer.MARKETING, Layer.ACCOUNT_MANAGER, "Acu")
    'gap:marketing:account_manager:Acu'
    """
    return f"gap:{layer}:{against}:{brand}"[:60]


def explained(cycle_id: int) -> dict[str, str]:
    """Return the newest explanation of each gap of a cycle."""
    rows = models.CommentRow.objects.filter(cycle_id=cycle_id, about__startswith="gap:")
    return dict(rows.order_by("id").values_list("about", "text"))


def worst(gaps: Iterable[Gap]) -> Decimal:
    """Return the largest gap between lines in percent, 0 without any."""
    return max((abs(gap.pct) for gap in gaps if gap.pct is not None), default=Decimal(0))
