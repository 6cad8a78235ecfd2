"""``keystead counter``: reports, sources, title lists."""

from keystead.connectors.counter.commands import harvest as _harvest  # noqa: F401 - adds itself
from keystead.connectors.counter.commands import sources as _sources  # noqa: F401
from keystead.connectors.counter.commands import titles as _titles  # noqa: F401
from keystead.connectors.counter.commands.reports import counter, sums

__all__ = ["counter", "sums"]
