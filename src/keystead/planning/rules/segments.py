"""What cuts of segments must be."""

from __future__ import annotations

from keystead.planning.rules.lines import Wrong, gettext_noop
from keystead.planning.types.segments import Cuts

_ = gettext_noop


def wrong_cuts(cuts: Cuts) -> Wrong:
    """Return what is wrong with cuts, by field.

    >>> wrong_cuts(Cuts(a_pct=Cuts().b_pct))
    {'b_pct': 'The second border lies above the first.'}
    """
    wrong: Wrong = {}
    pairs = (("a_pct", "b_pct"), ("x_cv", "y_cv"), ("potential_mid_pct", "potential_high_pct"),
             ("relation_mid", "relation_high"))  # fmt: skip
    for low, high in pairs:
        if getattr(cuts, low) <= 0:
            wrong[low] = _("A border lies above zero.")
        if getattr(cuts, high) <= getattr(cuts, low):
            wrong[high] = _("The second border lies above the first.")
    if cuts.b_pct > 100:
        wrong["b_pct"] = _("A share is at most 100 %.")
    if not 0 <= cuts.hysteresis_pct <= 50:
        wrong["hysteresis_pct"] = _("Give 0 to 50 %.")
    return wrong
