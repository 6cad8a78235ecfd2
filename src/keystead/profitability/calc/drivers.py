"""Growth by driver: from one contribution to another through sales parts and P&L lines."""

from __future__ import annotations

from decimal import Decimal

from keystead.kernel.errors import Invalid
from keystead.profitability.calc.pnl import ITEMS
from keystead.profitability.types import Bridge, Driver, Part, Statement

SALES_ITEMS = frozenset({"gross_sales", "returns", "on_invoice"})


def drivers(sales: Bridge, base: Statement, actual: Statement) -> tuple[Driver, ...]:
    """Return why the contribution moved: the parts of the sales bridge, then each line below.

    ``sales``: the bridge of invoice sales between the same two periods. A line that is unknown
    on one side counts as zero there. The drivers add up to the change of the contribution (of
    net-net sales where the contribution is not known) exactly. Raises Invalid when the bridge is
    not the one between these invoice sales.

    >>> from keystead.profitability.calc.bridge import growth_bridge
    >>> from keystead.profitability.calc.pnl import statement
    >>> nothing = statement({"gross_sales": Decimal(0)})
    >>> drivers(growth_bridge([]), nothing, nothing)
    ()
    """
    before, after = base["invoice_sales"], actual["invoice_sales"]
    if (before or 0) != sales.base or (after or 0) != sales.actual:
        raise Invalid("This bridge does not lead between these statements.", code="other_bridge")
    found = [Driver("part", part.value, sales.parts[part]) for part in Part]
    costs = base["contribution"] is not None and actual["contribution"] is not None
    last = "contribution" if costs else "net_net_sales"
    below = ITEMS if costs else ITEMS[: ITEMS.index("services") + 1]
    found += [
        Driver("line", name, (actual[name] or Decimal(0)) - (base[name] or Decimal(0)))
        for name in below
        if name not in SALES_ITEMS
    ]
    change = (actual[last] or Decimal(0)) - (base[last] or Decimal(0))
    if sum((one.amount for one in found), Decimal(0)) != change:
        raise Invalid("The drivers do not add up to the change.", code="does_not_foot")
    return tuple(one for one in found if one.amount)
