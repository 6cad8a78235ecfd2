"""One allocation engine: a total shared over members, to the last cent."""

from keystead.negotiation.calc.fees.allocating import allocate
from keystead.negotiation.calc.fees.leaving import opt_out

__all__ = ["allocate", "opt_out"]
