"""The terms of an offer as an editable table: read from an offer or from what was typed.

Nothing is half understood: a field that cannot be read has a sentence in ``errors`` under its own
name, and then there is no offer.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from keystead.agreements.queries.sentences import name_of, summary
from keystead.agreements.queries.words import FAMILIES
from keystead.agreements.rules import single_method
from keystead.agreements.types import (
    Cap,
    Condition,
    Family,
    Measure,
    Method,
    Scope,
    Selection,
    Service,
    Target,
    Tier,
)
from keystead.kernel.errors import Invalid
from keystead.kernel.ids import slug
from keystead.profitability.forms.cells import (
    ADDED,
    CHOICES,
    COMMITMENT,
    LAST_YEAR,
    MOST_MOVES,
    MOST_TIERS,
    SPARE,
    Block,
    Line,
    begun,
    move_of,
    move_word,
    number_of,
    plain,
    scope_word,
    shape,
)
from keystead.profitability.types.offers import Book, Offer, OfferCase, PriceMove


class OfferForm:
    """Reads an offer out of the fields of the table; ``typed`` None: shows the stored one."""

    def __init__(
        self, case: OfferCase, offer: Offer, book: Book, typed: Mapping[str, Any] | None = None
    ) -> None:
        self.case, self.stored, self.book = case, offer, book
        self.errors: dict[str, str] = {}
        self.bound = typed is not None
        self._typed: Mapping[str, Any] = typed or {}
        self.keys = self._keys()
        self.moves = self._move_rows()
        self.offer = self._read() if self.bound else offer
        self.blocks = [self._block(key) for key in self.keys]

    def text(self, name: str, default: str = "") -> str:
        """Return what was typed into a field."""
        return str(self._typed.get(name, default)).strip()

    @property
    def names(self) -> list[str]:
        """All places that can hold a sentence: each is cleared when its field is mended."""
        found = ["", "name", "volume", "wallet", "commitment", "reason"]
        found += [f"m{place}" for place, _m, _c, _p in self.moves]
        for block in self.blocks:
            found.append(f"c-{block.key}")
            found += [f"c-{block.key}-t{line.place}" for line in block.lines]
        return found

    @property
    def values(self) -> dict[str, str]:
        """The fields outside conditions and prices."""
        if self.bound:
            names = ("name", "volume", "wallet", "commitment", "reason")
            return {name: self.text(name) for name in names} | {
                "exclusive": "1" if self.text("exclusive") else ""
            }
        terms = self.stored.terms
        goal = next((one for one in terms.targets if one.key == COMMITMENT), None)
        return {
            "name": self.stored.name,
            "volume": plain(self.stored.volume_pct),
            "wallet": plain(terms.share_of_wallet_pct),
            "commitment": plain(goal.value if goal else None),
            "reason": self.stored.reason,
            "exclusive": "1" if terms.exclusive else "",
        }

    def things(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """What a price move may be about, in groups."""
        brands = sorted({row.brand for row in self.book.rows if row.brand})
        groups = sorted({row.category for row in self.book.rows if row.category})
        products = {row.product_id: f"{row.sku} {row.name}" for row in self.book.rows if row.sku}
        return [
            ("", [("", "–"), ("all", _("All products"))]),
            (_("Brands"), [(f"brand:{one}", one) for one in brands]),
            (_("Categories"), [(f"category:{one}", one) for one in groups]),
            (_("Products"), [(f"product:{n}", w) for n, w in sorted(products.items())]),
        ]

    def scopes(self) -> list[tuple[str, str]]:
        """What a condition may be about."""
        brands = sorted({row.brand for row in self.book.rows if row.brand})
        return [("", _("All products")), *((f"brand:{one}", one) for one in brands)]

    # Conditions

    def _keys(self) -> list[str]:
        stored = [one.key for one in self.stored.terms.conditions]
        if not self.bound:
            return stored
        listed = self._typed.getlist("keys") if hasattr(self._typed, "getlist") else stored
        known = [slug(str(key))[:30] for key in listed]
        return list(dict.fromkeys(key for key in known if key))[:20]

    def _base(self, key: str) -> Condition:
        found = next((one for one in self.stored.terms.conditions if one.key == key), None)
        if found is not None:
            return found
        wanted = self.text(f"c-{key}-family")
        family = next((one for one in ADDED if one.value == wanted), Family.VOLUME_REBATE)
        return begun(family, key, self.case)

    def _block(self, key: str) -> Block:
        base = self._base(key)
        kind = shape(base)
        shown = base
        if self.bound and self.offer is not None:
            shown = next((one for one in self.offer.terms.conditions if one.key == key), base)
        values = {
            "label": base.label,
            "measure": base.tier_measure.value,
            "paid_on": base.benefit_measure.value,
            "period": base.tier_period.value,
            "method": base.method.value,
            "kind": base.rate_kind.value,
            "scope": scope_word(base.scope),
            "cap": plain(base.cap.amount if base.cap else None),
            "gl": base.gl_code,
            "rate": plain(base.tiers[0].rate if base.tiers else None),
            "deliverable": base.service.deliverable if base.service else "",
            "proof": base.service.proof if base.service else "",
            "fair": base.service.fair_value_note if base.service else "",
            "paste": "",
        }
        if self.bound:
            values = {name: self.text(f"c-{key}-{name}", value) for name, value in values.items()}
        if self.bound and self.text(f"c-{key}-paste") and self.offer is not None:
            values["paste"] = ""  # it stands in the rows now
        family = str(FAMILIES[base.family.value])
        told = summary(base, self.case.currency) if kind == "kept" else ""
        lines = self._lines(key, base, shown) if kind == "tiers" else ()
        return Block(key, kind, base.family.value, family, name_of(shown), values, lines, told)

    def _lines(self, key: str, base: Condition, shown: Condition) -> tuple[Line, ...]:
        pasted = self.bound and self.text(f"c-{key}-paste") and self.offer is not None
        if self.bound and not pasted:
            rows = [
                (self.text(f"c-{key}-lower-{n}"), self.text(f"c-{key}-rate-{n}"))
                for n in range(MOST_TIERS)
            ]
            rows = [row for row in rows if any(row)]
        else:
            source = shown if pasted else base
            rows = [(plain(tier.lower), plain(tier.rate)) for tier in source.tiers]
        rows += [("", "")] * min(SPARE, MOST_TIERS - len(rows))
        return tuple(Line(place, *row) for place, row in enumerate(rows))

    def _read(self) -> Offer | None:
        conditions = tuple(self._condition(key) for key in self.keys)
        moves = tuple(self._moves())
        volume = self._number("volume", "volume", least=Decimal(-90), most=Decimal(500))
        wallet = self._number("wallet", "wallet", least=Decimal(0), most=Decimal(100))
        targets = self._targets()
        if self.errors:
            return None
        terms = dataclasses.replace(
            self.stored.terms,
            conditions=conditions,
            exclusive=bool(self.text("exclusive")),
            share_of_wallet_pct=wallet,
            targets=targets,
        )
        return Offer(
            self.stored.key, self.text("name")[:80] or self.stored.name, terms, moves,
            volume or Decimal(0), self.text("reason")[:400],
        )  # fmt: skip

    def _condition(self, key: str) -> Condition:
        base = self._base(key)
        kind = shape(base)
        if kind == "kept":
            return base
        made = dataclasses.replace(
            base,
            label=self.text(f"c-{key}-label", base.label)[:80],
            gl_code=self.text(f"c-{key}-gl", base.gl_code)[:40],
            scope=self._scope(key, base),
            examples=(),  # worked for the terms as they were
        )
        if kind == "discount":
            made = dataclasses.replace(made, tiers=self._single(key, Decimal(100)))
        elif kind == "fee":
            made = dataclasses.replace(
                made, tiers=self._single(key, None), service=self._service(key, base)
            )
        else:
            made = self._tiered(key, made)
        unchanged = dataclasses.replace(made, examples=base.examples)
        return base if unchanged == base else made

    def _tiered(self, key: str, base: Condition) -> Condition:
        chosen = {
            name: self._choice(key, name, current)
            for name, current in (
                ("measure", base.tier_measure), ("paid_on", base.benefit_measure),
                ("kind", base.rate_kind), ("method", base.method), ("period", base.tier_period),
            )
        }  # fmt: skip
        growth = chosen["measure"] in (Measure.GROWTH_PCT, Measure.GROWTH_VALUE)
        growth = growth or chosen["paid_on"] is Measure.GROWTH_VALUE
        pasted = self.text(f"c-{key}-paste")
        tiers, method = self._pasted(key, pasted) if pasted else (self._tiers(key), None)
        cap = self._number(f"c-{key}-cap", f"c-{key}", least=Decimal(0))
        share = base.cap.pct_of_base if base.cap else None
        return dataclasses.replace(
            base,
            tier_measure=chosen["measure"],
            benefit_measure=chosen["paid_on"],
            rate_kind=chosen["kind"],
            method=method or chosen["method"],
            tier_period=chosen["period"],
            baseline=(base.baseline or LAST_YEAR) if growth else base.baseline,
            tiers=tiers,
            cap=Cap(cap, share) if cap is not None or share is not None else None,
        )

    def _tiers(self, key: str) -> tuple[Tier, ...]:
        found = []
        for place in range(MOST_TIERS):
            at = f"c-{key}-t{place}"
            lower, rate = (self.text(f"c-{key}-{name}-{place}") for name in ("lower", "rate"))
            if not lower and not rate:
                continue
            if not lower or not rate:
                self.errors[at] = _("A tier needs a lower bound and a rate.")
                continue
            bound = self._number(f"c-{key}-lower-{place}", at)
            paid = self._number(f"c-{key}-rate-{place}", at)
            if bound is not None and paid is not None:
                found.append(Tier(bound, paid))
        return tuple(found)

    def _pasted(self, key: str, text: str) -> tuple[tuple[Tier, ...], Method | None]:
        """Rows of a pasted table: bound, rate and, if it is there, the method of the row."""
        tiers, methods = [], []
        for number, row in enumerate(text.splitlines(), 1):
            cells = [cell.strip() for cell in row.replace(";", "\t").split("\t")]
            cells = cells if len(cells) > 1 else row.split()
            if not any(cells):
                continue
            numbers = [number_of(cell.rstrip("%")) for cell in [*cells, "", ""][:2]]
            lower, rate = numbers
            if lower is None or rate is None:
                self.errors[f"c-{key}"] = _(
                    "Row %(row)s of the table is not a bound and a rate."
                ) % {"row": number}
                return (), None
            tiers.append(Tier(lower, rate))
            methods.append(cells[2] if len(cells) > 2 else "")
        try:
            method = single_method(methods) if any(methods) else None
        except Invalid as error:
            self.errors[f"c-{key}"] = _(error.message)
            return (), None
        except ValueError:
            self.errors[f"c-{key}"] = _("The third column names no method.")
            return (), None
        return tuple(tiers[:MOST_TIERS]), method

    def _single(self, key: str, most: Decimal | None) -> tuple[Tier, ...]:
        rate = self._number(f"c-{key}-rate", f"c-{key}", least=Decimal(0), most=most)
        if rate is None and f"c-{key}" not in self.errors:
            self.errors[f"c-{key}"] = _("There is no rate.")
        return (Tier(Decimal(0), rate or Decimal(0)),)

    def _service(self, key: str, base: Condition) -> Service:
        due = base.service.due if base.service and base.service.due else self.case.span
        return Service(
            deliverable=self.text(f"c-{key}-deliverable")[:200],
            proof=self.text(f"c-{key}-proof")[:200],
            fair_value_note=self.text(f"c-{key}-fair")[:200],
            due=due,
        )

    def _scope(self, key: str, base: Condition) -> Scope:
        word = self.text(f"c-{key}-scope", scope_word(base.scope))
        if word == scope_word(base.scope):
            return base.scope
        return Scope(Selection(brands=(word.partition(":")[2],))) if word else Scope()

    def _choice(self, key: str, name: str, current: Any) -> Any:
        word = self.text(f"c-{key}-{name}", current.value)
        return next((value for text, value in CHOICES[name] if text == word), current)

    # Prices and commitments

    def _move_rows(self) -> list[tuple[int, str, str, str]]:
        if self.bound:
            typed = [
                (self.text(f"m{n}-what"), self.text(f"m{n}-change"), self.text(f"m{n}-price"))
                for n in range(MOST_MOVES)
            ]
            rows = [row for row in typed if any(row)]
        else:
            rows = [
                (move_word(one), plain(one.change_pct), plain(one.new_price))
                for one in self.stored.moves
            ]
        rows += [("", "", "")] * min(1, MOST_MOVES - len(rows))
        return [(place, *row) for place, row in enumerate(rows)]

    def _moves(self) -> list[PriceMove]:
        found: list[PriceMove] = []
        seen: set[str] = set()
        for place in range(MOST_MOVES):
            what, at = self.text(f"m{place}-what"), f"m{place}"
            change = self._number(f"m{place}-change", at, least=Decimal(-100), most=Decimal(500))
            price = self._number(f"m{place}-price", at, least=Decimal(0))
            if not what and change is None and price is None:
                continue
            if what in seen:
                self.errors[at] = _("There is a line about this already.")
            elif not what:
                self.errors[at] = _("Say which products change their price.")
            elif (change is None) == (price is None) and at not in self.errors:
                self.errors[at] = _("Say a change in percent or a new price, one of them.")
            elif price is not None and not what.startswith("product:"):
                self.errors[at] = _("A new price is that of one product; a group has a change.")
            seen.add(what)
            found.append(move_of(what, change, price))
        return found

    def _targets(self) -> tuple[Target, ...]:
        kept = tuple(one for one in self.stored.terms.targets if one.key != COMMITMENT)
        goal = self._number("commitment", "commitment", least=Decimal(0))
        if not goal:
            return kept
        old = next((one for one in self.stored.terms.targets if one.key == COMMITMENT), None)
        made = old or Target(
            COMMITMENT, Measure.NET_VALUE, goal, self.case.span, currency=self.case.currency
        )
        return (*kept, dataclasses.replace(made, value=goal))

    def _number(
        self, name: str, at: str, *, least: Decimal | None = None, most: Decimal | None = None
    ) -> Decimal | None:
        text = self.text(name)
        if not text:
            return None
        value = number_of(text)
        if value is None:
            self.errors[at] = _("“%(text)s” is not a number.") % {"text": text[:20]}
        elif least is not None and value < least:
            self.errors[at] = _("It is %(least)s at least.") % {"least": plain(least)}
        elif most is not None and value > most:
            self.errors[at] = _("It is %(most)s at most.") % {"most": plain(most)}
        return value
