"""Names of what the room knows by code, in the reader's language."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keystead.forecasting.types.cycle import (
    CycleState,
    DemandKind,
    Layer,
    Reason,
    RunState,
    Stance,
    Verdict,
)
from keystead.forecasting.types.grid import Cause
from keystead.forecasting.types.rhythm import Rhythm

LAYERS: Final[dict[Layer, Promise]] = {
    Layer.NAIVE: pgettext_lazy("forecast layer", "Naive"),
    Layer.STATISTICAL: pgettext_lazy("forecast layer", "Statistical"),
    Layer.ACCOUNT_MANAGER: pgettext_lazy("forecast layer", "Account manager"),
    Layer.MARKETING: pgettext_lazy("forecast layer", "Marketing"),
    Layer.OPERATIONS: pgettext_lazy("forecast layer", "Operations"),
    Layer.FINANCE: pgettext_lazy("forecast layer", "Finance"),
    Layer.AGREED: pgettext_lazy("forecast layer", "Agreed"),
}
AGAINST: Final[dict[str, Promise]] = {
    **{layer.value: word for layer, word in LAYERS.items()},
    "target": pgettext_lazy("forecast gap", "Target"),
    "contract": pgettext_lazy("forecast gap", "Contract"),
}
STATES: Final[dict[CycleState, Promise]] = {
    CycleState.OPEN: pgettext_lazy("forecast cycle", "open"),
    CycleState.SUBMITTED: pgettext_lazy("forecast cycle", "submitted"),
    CycleState.REVIEW: pgettext_lazy("forecast cycle", "in review"),
    CycleState.LOCKED: pgettext_lazy("forecast cycle", "locked"),
    CycleState.CANCELLED: pgettext_lazy("forecast cycle", "cancelled"),
}
REASONS: Final[dict[Reason, Promise]] = {
    Reason.PROMOTION: pgettext_lazy("forecast reason", "Promotion"),
    Reason.TENDER: pgettext_lazy("forecast reason", "Tender"),
    Reason.NEW_LISTING: pgettext_lazy("forecast reason", "New listing"),
    Reason.DELISTING: pgettext_lazy("forecast reason", "Delisting"),
    Reason.PRICE: pgettext_lazy("forecast reason", "Price change"),
    Reason.SUPPLY: pgettext_lazy("forecast reason", "Supply limit"),
    Reason.STOCKING: pgettext_lazy("forecast reason", "Stock building or run-down"),
    Reason.COMPETITOR: pgettext_lazy("forecast reason", "Competitor"),
    Reason.CUSTOMER: pgettext_lazy("forecast reason", "Customer told us"),
    Reason.LAUNCH: pgettext_lazy("forecast reason", "Launch"),
    Reason.PUSH: pgettext_lazy("forecast reason", "Sales push"),
    Reason.MISTAKE: pgettext_lazy("forecast reason", "Mistake in the figures"),
    Reason.OWN_BIAS: pgettext_lazy("forecast reason", "Own bias taken out"),
    Reason.OTHER: pgettext_lazy("forecast reason", "Other"),
}
# Those a person chooses from; the own bias is taken out by its own button.
TYPED_REASONS: Final = {one: word for one, word in REASONS.items() if one is not Reason.OWN_BIAS}
CAUSES: Final[dict[Cause, Promise]] = {
    Cause.DATA: pgettext_lazy("forecast step", "New data"),
    Cause.PROMOTION: pgettext_lazy("forecast step", "Promotions"),
    Cause.PRICE: pgettext_lazy("forecast step", "Prices"),
    Cause.CALENDAR: pgettext_lazy("forecast step", "Calendar"),
    Cause.MODEL: pgettext_lazy("forecast step", "Model"),
    Cause.OVERRIDE: pgettext_lazy("forecast step", "People"),
}
PARTS: Final[dict[str, Promise]] = {
    "level": pgettext_lazy("forecast part", "Level"),
    "trend": pgettext_lazy("forecast part", "Trend"),
    "season": pgettext_lazy("forecast part", "Season"),
    "promotion": pgettext_lazy("forecast step", "Promotions"),
    "price": pgettext_lazy("forecast step", "Prices"),
    "calendar": pgettext_lazy("forecast step", "Calendar"),
    "adjusted": pgettext_lazy("forecast part", "Made to add up"),
}
SEGMENTS: Final[dict[str, Promise]] = {
    "smooth": pgettext_lazy("forecast segment", "smooth"),
    "erratic": pgettext_lazy("forecast segment", "erratic"),
    "intermittent": pgettext_lazy("forecast segment", "intermittent"),
    "new": pgettext_lazy("forecast segment", "new"),
    "dead": pgettext_lazy("forecast segment", "dead"),
}
RECIPES: Final[dict[str, Promise]] = {
    "naive": pgettext_lazy("forecast recipe", "naive"),
    "fast": pgettext_lazy("forecast recipe", "fast"),
    "standard": pgettext_lazy("forecast recipe", "standard"),
    "overnight": pgettext_lazy("forecast recipe", "overnight"),
    "intermittent": pgettext_lazy("forecast recipe", "intermittent"),
    "new": pgettext_lazy("forecast recipe", "new item"),
    "dead": pgettext_lazy("forecast recipe", "zero"),
}
KINDS: Final[dict[DemandKind, Promise]] = {
    DemandKind.SELL_IN: pgettext_lazy("forecast kind", "Sell-in"),
    DemandKind.OFF_TAKE: pgettext_lazy("forecast kind", "Off-take"),
}
STANCES: Final[dict[Stance, Promise]] = {
    Stance.SUBMITTED: pgettext_lazy("forecast stance", "handed in"),
    Stance.RETURNED: pgettext_lazy("forecast stance", "sent back"),
    Stance.SIGNED: pgettext_lazy("forecast stance", "signed"),
    Stance.OBJECTED: pgettext_lazy("forecast stance", "objects"),
}
RHYTHMS: Final[dict[Rhythm, Promise]] = {
    Rhythm.MONTH: pgettext_lazy("forecast rhythm", "By month"),
    Rhythm.WEEK: pgettext_lazy("forecast rhythm", "By week"),
}
RUNS: Final[dict[RunState, Promise]] = {
    RunState.WAITING: pgettext_lazy("forecast run", "waits"),
    RunState.RUNNING: pgettext_lazy("forecast run", "calculates"),
    RunState.DONE: pgettext_lazy("forecast run", "done"),
    RunState.FAILED: pgettext_lazy("forecast run", "stopped"),
}
CATEGORY_WORDS: Final[dict[str, Promise]] = {
    "market": pgettext_lazy("assumption", "Market"),
    "event": pgettext_lazy("assumption", "Event"),
    "customer": pgettext_lazy("assumption", "Customer"),
    "price": pgettext_lazy("assumption", "Price"),
    "supply": pgettext_lazy("assumption", "Supply"),
    "other": pgettext_lazy("assumption", "Other"),
}
VERDICTS: Final[dict[Verdict, Promise]] = {
    Verdict.PENDING: pgettext_lazy("assumption", "not judged yet"),
    Verdict.HELD: pgettext_lazy("assumption", "held"),
    Verdict.PARTLY: pgettext_lazy("assumption", "held in part"),
    Verdict.FAILED: pgettext_lazy("assumption", "did not hold"),
}
PROBLEMS: Final[dict[str, Promise]] = {
    "gaps": _("Months masked or missing: filled from their neighbours."),
    "negative": _("More came back than was sold: counted as no demand."),
    "one_point": _("Only one month of history: repeated, with a wide range."),
    "all_zeros": _("Never sold: the forecast is zero."),
    "no_values": _("No month has a value: the forecast is zero."),
    "jump": _("Far beyond the usual, a wrong unit? Left out."),
    "not_a_quantity": _("Not a usable quantity: left out."),
    "future_dated": _("Dated in the future: left out."),
    "too_old": _("More than ten years old: left out."),
    "no_product": _("Lines without a product: left out."),
    "same_twice": _("Two senders told the same months with the same units: counted once."),
    "two_senders": _("Two senders told of the same months: both count. Is it the same twice?"),
    "unit_unknown": _("A unit that cannot be converted: left out."),
    "two_currencies": _("Two currencies: no price of its own, units only."),
    "no_price": _("No price: it stands in units only."),
    "masked_stock_out": _("Months with an empty shelf: masked."),
    "masked_delisted": _("Months off the list: masked."),
    "month_only": _("It only knows its months, no days: left out of the forecast by week."),
    "month_only_before": _("Older months know no days: their weeks are unknown."),
    "running_week": _("A week that was not over: not counted."),
    "week_cut_short": _("The last week ends earlier than others do: not counted."),
    "off_list_ahead": _("Its agreed listing ends: nothing is forecast after that."),
    "no_history": _("Agreed to be listed, but nothing was ever sold: not forecast."),
    "no_predecessor": _("The product it replaces is not in this forecast: own sales are used."),
    "bad_share": _("The share of the product it replaces is wrong: own sales are used."),
    "vanished": _("In the run before, not in this one: changes on it wait without effect."),
    "carry_lost": _("A change of the last cycle still applies, but its line is not in this run."),
}
PROBLEMS_BY_WEEK: Final[dict[str, Promise]] = {
    **PROBLEMS,
    "gaps": _("Weeks masked or missing: filled from their neighbours."),
    "one_point": _("Only one week of history: repeated, with a wide range."),
    "no_values": _("No week has a value: the forecast is zero."),
    "masked_stock_out": _("Weeks with an empty shelf: masked."),
    "masked_delisted": _("Weeks off the list: masked."),
}
NOT_A_FORECAST: Final = _("There is no such forecast cycle, or none of its accounts is yours.")


def problem_words(code: str, rhythm: Rhythm) -> Promise | str:
    """Return a remark on the history in the words of its rhythm."""
    return (PROBLEMS if rhythm is Rhythm.MONTH else PROBLEMS_BY_WEEK).get(code, code)


CHAMPION_REASONS: Final = {
    "better": _("takes over"),
    "too_few_cycles": _("too few cycles"),
    "nothing_sold": _("nothing was sold"),
    "gain_too_small": _("gain below 2 %"),
    "not_in_most_cycles": _("not in most cycles"),
    "bias_worse": _("more bias"),
    "another_is_better": _("another is better"),
}
