"""The sentences behind the codes of the rules, with their figures in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from keystead.kit.office.slides import Part as Piece
from keystead.kit.office.slides import Shown, Words
from keystead.reviews.queries.fact_words import shown
from keystead.reviews.queries.words import BRIDGE
from keystead.reviews.types.material import Fact
from keystead.reviews.types.story import Saying

TEXTS: Final[Mapping[str, str]] = {
    "agenda": _("What we talk about today"),
    "headline_ahead_up": _(
        "Sell-in of %(sell_in)s: %(gap)s against target, %(growth)s on last year"
    ),
    "headline_ahead_down": _(
        "Sell-in of %(sell_in)s: %(gap)s against target, yet %(growth)s on last year"
    ),
    "headline_behind_up": _(
        "Sell-in of %(sell_in)s: %(growth)s on last year, yet %(gap)s against target"
    ),
    "headline_behind_down": _(
        "Sell-in of %(sell_in)s: %(gap)s against target and %(growth)s on last year"
    ),
    "headline_ahead_no_last_year": _("Sell-in of %(sell_in)s: %(gap)s against target"),
    "headline_behind_no_last_year": _("Sell-in of %(sell_in)s: %(gap)s against target"),
    "headline_no_target_up": _("Sell-in of %(sell_in)s: %(growth)s on last year"),
    "headline_no_target_down": _("Sell-in of %(sell_in)s: %(growth)s on last year"),
    "headline_no_target_no_last_year": _("Sell-in of %(sell_in)s"),
    "headline_usage": _("Our content was used %(requests)s times in the period"),
    "headline_nothing": _("Nothing was booked for this account in the period"),
    "pace": _(
        "The pace so far is %(run_rate)s a month; %(needed)s a month are needed to reach the year."
    ),
    "claims_point": _("Claims of %(total)s are open."),
    "carried_open": _("From last time: what is done, and what is still open"),
    "carried_done": _("From last time: all is done"),
    "months_target": _("Sell-in of %(to_date)s so far, of %(target)s that the year is to bring"),
    "months": _("Sell-in of %(to_date)s in the year so far"),
    "months_plain": _("Sell-in month by month"),
    "bridge": _("%(part)s explains most of the change: %(amount)s"),
    "movers_both": _("Three products moved most, up and down"),
    "movers_up": _("Three products grew most"),
    "movers_down": _("Three products fell most"),
    "mover_up": _("%(name)s grew by %(change)s, most of it %(part)s (%(reason)s)."),
    "mover_down": _("%(name)s changed by %(change)s, most of it %(part)s (%(reason)s)."),
    "net_sales": _("From gross sales to what remains after rebates"),
    "pnl": _("The account contributes %(contribution)s"),
    "pnl_plain": _("P&L of the account"),
    "wins": _("What went well"),
    "misses": _("What did not go well"),
    "win_target": _("The target was reached: %(reached)s."),
    "win_product": _("%(name)s grew by %(change)s."),
    "win_off_take": _("Off-take grew by %(growth)s."),
    "win_range": _("The whole agreed range is on the list: %(coverage)s."),
    "win_continuity": _("No gap on the preference list for %(months)s."),
    "win_usage": _("Use grew from %(before)s to %(now)s."),
    "win_action": _("Done from last time: %(text)s"),
    "miss_target": _("The target was missed: %(reached)s, %(gap)s."),
    "miss_target_plain": _("The target was missed: %(reached)s."),
    "miss_product": _("%(name)s changed by %(change)s."),
    "miss_off_take": _("Off-take fell: %(growth)s."),
    "miss_range": _("Not all of the agreed range is on the list: %(coverage)s."),
    "miss_stock": _("Stock lasts for %(days)s: too long."),
    "miss_usage": _("Use fell from %(before)s to %(now)s."),
    "miss_action": _("Late from last time: %(text)s (%(owner)s)"),
    "range_whole": _("The agreed range is on the list: %(coverage)s"),
    "range_gaps": _("Part of the agreed range is not on the list: coverage %(coverage)s"),
    "stock": _("Stock lasts for %(days)s"),
    "stock_plain": _("Stock and availability"),
    "usage": _("Used %(requests)s times in the period"),
    "value": _("A use costs %(cost)s"),
    "value_plain": _("What was used"),
    "campaigns": _("Campaigns of the period and those that come"),
    "spend": _("What we spent on campaigns"),
    "agreements": _("What we have agreed, and until when"),
    "claims_total": _("Open claims of %(total)s"),
    "claims": _("Claims that are open"),
    "outlook": _("The agreed forecast against the target: %(needed)s a month are needed"),
    "outlook_target": _("What is left of the year: %(needed)s a month are needed"),
    "objectives": _("Where we stand against our plan"),
    "deals": _("What we could win here"),
    "health": _("Our view of the account: %(score)s of a hundred"),
    "asks": _("What we ask of you"),
    "ask_list": _("List %(name)s as agreed."),
    "ask_claim": _("Send the papers for claim %(number)s (%(amount)s)."),
    "ask_renewal": _("Agree when we talk about the renewal of %(number)s."),
    "ask_action": _("Finish what was agreed last time: %(text)s"),
    "ask_gap": _("Agree how we close the gap to the target: %(gap)s."),
    "next": _("What we agreed today"),
}
# Where a figure of the sentence is missing, the sentence without it.
WITHOUT: Final[Mapping[str, str]] = {
    "range_whole": _("The agreed range is on the list"),
    "range_gaps": _("Part of the agreed range is not on the list"),
    "outlook": _("The agreed forecast against the target"),
    "outlook_target": _("What is left of the year"),
}
_PLACE: Final = re.compile(r"%\((\w+)\)s")
_OWN: Final = re.compile(r"\{(\w+)\}")
SIGNED: Final = frozenset({"gap", "growth", "change", "amount", "reason"})
# The words say which way, or there is none.
GROWN: Final = frozenset({"mover_up", "win_product", "win_off_take", "ask_claim"})


def say(one: Saying) -> Words:
    """Return a sentence in the active language, its figures with their proofs."""
    text = gettext(TEXTS[one.code])
    if one.code in WITHOUT and not one.facts:
        text = gettext(WITHOUT[one.code])
    pieces: dict[str, Piece] = {
        name: shown(fact, signed=name in SIGNED and one.code not in GROWN)
        for name, fact in one.facts.items()
    }
    pieces |= {name: _word(name, word) for name, word in one.words.items()}
    return filled(text, pieces)


def own_words(text: str, facts: Mapping[str, Fact]) -> Words:
    """Return own words with the figures they name in braces."""
    found: list[Piece] = []
    end = 0
    for match in _OWN.finditer(text):
        fact = facts.get(match[1])
        if fact is not None and fact:
            found += [text[end : match.start()], shown(fact)]
            end = match.end()
    return tuple(piece for piece in (*found, text[end:]) if piece)


def filled(text: str, pieces: Mapping[str, Piece]) -> Words:
    """Return a text with its places filled, as pieces in their order."""
    found: list[Piece] = []
    end = 0
    for match in _PLACE.finditer(text):
        found += [text[end : match.start()], pieces.get(match[1], "–")]
        end = match.end()
    found.append(text[end:])
    return tuple(_joined(found))


def _joined(found: list[Piece]) -> list[Piece]:
    made: list[Piece] = []
    for piece in found:
        if isinstance(piece, str) and made and isinstance(made[-1], str):
            made[-1] += piece
        elif isinstance(piece, Shown) or piece:
            made.append(piece)
    return made


def _word(name: str, word: str) -> str:
    return str(BRIDGE.get(word, word)) if name == "part" else word
