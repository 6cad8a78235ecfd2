"""The verdict on a figure of a document."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation, localcontext

from keystead.kernel.standing import Standing
from keystead.metrics.calc.changes import DIGITS, Number, exact
from keystead.metrics.types.checking import InFile, Verdict


def verdict(figure: InFile, standing: Standing | None) -> Verdict:
    """Return how a figure stands against its proof.

    ``edited`` goes before ``changed``: what somebody typed over says nothing about the data.

    >>> from keystead.kernel.standing import Worth
    >>> told = Standing(proof_id="p", label="x", then=Worth(Decimal(5)), now=Worth(Decimal(6)))
    >>> verdict(InFile("slide 1", "5", "5", "5", "p"), told)
    <Verdict.CHANGED: 'changed'>
    >>> verdict(InFile("slide 1", "7", "5", "5", "p"), told)
    <Verdict.EDITED: 'edited'>
    """
    if standing is None:
        return Verdict.UNKNOWN
    if " ".join(figure.text.split()) != " ".join(figure.meant.split()):
        return Verdict.EDITED
    if not same(figure.value, standing.then.value):
        return Verdict.EDITED
    if figure.measure and standing.then.measure and figure.measure != standing.then.measure:
        return Verdict.EDITED
    return Verdict.CHANGED if standing.moved else Verdict.EQUAL


def same(written: str, value: Number) -> bool:
    """Say whether a written number is the value: exactly, but for the last bits of a double.

    >>> same("1250.50", Decimal("1250.5")), same("", None), same("0.30000000000000004", 0.3)
    (True, True, True)
    >>> same("1250.51", Decimal("1250.5")), same("abc", Decimal(1))
    (False, False)
    """
    if not written.strip() or value is None:
        return not written.strip() and value is None
    try:
        found = Decimal(written.strip())
    except InvalidOperation:
        return False
    if not found.is_finite():
        return False
    with localcontext(prec=DIGITS):
        wanted = exact(value)
        return abs(found - wanted) <= max(abs(wanted), Decimal(1)) * Decimal("1e-12")
