"""Write cases of offers: begin, change, add, drop, discard. One audit row each."""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Callable
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_to_write
from keystead.agreements.calc.written import written
from keystead.agreements.queries import agreement_for, agreements_of_account, in_force
from keystead.agreements.queries.agreements import terms_of, working
from keystead.agreements.types import Agreement, AgreementState, Terms
from keystead.catalog.queries import prices_of
from keystead.catalog.types import PricePurpose
from keystead.kernel.errors import Invalid, NotFound
from keystead.kernel.exact import round_half_up
from keystead.kernel.money import currency_code
from keystead.kernel.periods import Period
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.ledger.queries import current_commit
from keystead.metrics.queries import data_until
from keystead.profitability.calc.whatif.checks import may_drop, room_for
from keystead.profitability.calc.whatif.starting import moved
from keystead.profitability.calc.whatif.written import offer_written, setting_written
from keystead.profitability.models import OfferCaseRow
from keystead.profitability.queries.listed import held_in
from keystead.profitability.queries.offers.cases import MISSING, stored_case, visible_cases
from keystead.profitability.queries.offers.trials import default_base
from keystead.profitability.types.offers import Offer, OfferCase, Origin, Setting

RUNNING: Final = (AgreementState.ACTIVE, AgreementState.EXPIRING)
KEYS: Final = "abcdefghijklmnopqrstuvwxyz"
LONGEST: Final = 36
NAME: Final = 120


@dataclasses.dataclass(frozen=True, kw_only=True)
class Start:
    """What a case begins with; ``last`` is the last day that is in."""

    account_id: int
    name: str
    starts: date
    last: date
    currency: str
    origin: Origin
    agreement_id: int | None = None


def start_case(*, actor: Actor, start: Start) -> OfferCase:
    """Begin a case with two offers; needs ``agreements.edit`` and the account's terms.

    The offers begin as the terms asked for (nothing, those in force, last year's, a draft); today's
    terms, the state of the ledger and a seed are kept with it. Raises Invalid, NotFound.
    """
    actor.require("agreements.edit")
    account = account_to_write(actor, start.account_id, name="terms")
    span, currency = _span(start), currency_code(start.currency)
    source = _source(actor, account.id, start, span)
    if source is not None and source.currency != currency:
        text = _("The agreement is in %(theirs)s, the offers in %(ours)s.") % {
            "theirs": source.currency, "ours": currency
        }  # fmt: skip
        raise Invalid(text, code="currency_mixed", fields={"currency": text})
    today = _in_force(actor, account.id, source)
    today_is = timezone.localdate()
    base = default_base(data_until() or today_is, today_is)
    first = Terms() if start.origin is Origin.BLANK else _terms(source, start.origin, span)
    offers = (Offer("a", _("Offer A"), first), Offer("b", _("Offer B"), first))
    with transaction.atomic():
        row = OfferCaseRow(
            account_id=account.id,
            name=start.name.strip()[:NAME] or _("Offers"),
            starts=span.start,
            ends=span.end,
            currency=currency,
            origin=start.origin.value,
            agreement_id=source.id if source else None,
            today=written(_shifted(today, span)),
            offers=[offer_written(one) for one in offers],
            setting=setting_written(_first_setting(currency, base)),
            commit_no=current_commit(),
            base_starts=base.start,
            base_ends=base.end,
        )
        _keep(actor, row, "start", None)
    return stored_case(row)


def save_offer(*, actor: Actor, case_id: int, expected_version: int, offer: Offer) -> OfferCase:
    """Put an offer in the place of the one with its key; Conflict when somebody was faster."""

    def change(case: OfferCase) -> OfferCase:
        _known(case, offer.key)
        kept = tuple(offer if one.key == offer.key else one for one in case.offers)
        return dataclasses.replace(case, offers=kept)

    if not offer.name.strip():
        text = _("Give the offer a name.")
        raise Invalid(text, code="name_missing", fields={"name": text})
    return _change(actor, case_id, expected_version, "save", change)


def add_offer(*, actor: Actor, case_id: int, expected_version: int, copy_of: str) -> OfferCase:
    """Add an offer that begins as a copy of another; five stand side by side at most."""

    def change(case: OfferCase) -> OfferCase:
        found = _known(case, copy_of)
        room_for(len(case.offers))
        taken = {one.key for one in case.offers}
        key = next(one for one in KEYS if one not in taken)
        made = dataclasses.replace(
            found, key=key, name=_("Offer %(letter)s") % {"letter": key.upper()}
        )
        return dataclasses.replace(case, offers=(*case.offers, made))

    return _change(actor, case_id, expected_version, "add", change)


def drop_offer(*, actor: Actor, case_id: int, expected_version: int, key: str) -> OfferCase:
    """Take an offer out; two stay at least."""

    def change(case: OfferCase) -> OfferCase:
        gone = _known(case, key)
        may_drop(len(case.offers))
        return dataclasses.replace(case, offers=tuple(o for o in case.offers if o is not gone))

    return _change(actor, case_id, expected_version, "drop", change)


def save_setting(
    *, actor: Actor, case_id: int, expected_version: int, name: str, setting: Setting
) -> OfferCase:
    """Rename a case and set what its offers share: range, dependence, recommended prices."""
    if not name.strip():
        text = _("Give the case a name.")
        raise Invalid(text, code="name_missing", fields={"name": text})
    if not (0 <= setting.within_year <= 1 and 0 <= setting.common <= 1):
        text = _("Dependence lies between 0 and 1.")
        raise Invalid(text, code="dependence", fields={"within_year": text})

    def change(case: OfferCase) -> OfferCase:
        return dataclasses.replace(case, name=name.strip()[:NAME], setting=setting)

    return _change(actor, case_id, expected_version, "set", change)


def duplicate_case(*, actor: Actor, case_id: int) -> OfferCase:
    """Begin a case that is a copy of another, on the same ledger and with the same seed."""
    actor.require("agreements.edit")
    with transaction.atomic():
        found = _row(actor, case_id)
        row = OfferCaseRow(
            **{
                field.attname: getattr(found, field.attname)
                for field in OfferCaseRow._meta.concrete_fields
                if field.name in COPIED
            },
        )
        row.name = (_("Copy of %(name)s") % {"name": found.name})[:NAME]
        _keep(actor, row, "start", None)
    return stored_case(row)


def discard_case(*, actor: Actor, case_id: int, expected_version: int) -> None:
    """Put a case away; the trail keeps it."""

    def change(case: OfferCase) -> OfferCase:
        return dataclasses.replace(case, discarded=True)

    _change(actor, case_id, expected_version, "discard", change)


COPIED: Final = frozenset(
    ("account", "starts", "ends", "currency", "origin", "agreement", "today", "offers", "setting",
     "commit_no", "base_starts", "base_ends")
)  # fmt: skip


def row_to_change(actor: Actor, case_id: int) -> OfferCaseRow:
    """Return the locked row if the actor may write terms on its account; in a transaction."""
    actor.require("agreements.edit")
    return _row(actor, case_id)


def keep(
    actor: Actor, row: OfferCaseRow, action: str, old: dict[str, Any] | None, expected: int | None
) -> None:
    """Save the row under its version and write the one row of the trail."""
    _keep(actor, row, action, old, expected)


def _row(actor: Actor, case_id: int) -> OfferCaseRow:
    row = visible_cases(actor).select_for_update().filter(pk=case_id, discarded=False).first()
    if row is None:
        raise NotFound(_(MISSING), code="offer_case_not_found")
    account_to_write(actor, row.account_id, name="terms")
    return row


def _change(
    actor: Actor,
    case_id: int,
    expected: int,
    action: str,
    change: Callable[[OfferCase], OfferCase],
) -> OfferCase:
    with transaction.atomic():
        row = row_to_change(actor, case_id)
        old, wanted = row.snapshot(), change(stored_case(row))
        row.name, row.discarded = wanted.name, wanted.discarded
        row.offers = [offer_written(one) for one in wanted.offers]
        row.setting = setting_written(wanted.setting)
        _keep(actor, row, action, old, expected)
    return stored_case(row)


def _keep(
    actor: Actor,
    row: OfferCaseRow,
    action: str,
    old: dict[str, Any] | None,
    expected: int | None = None,
) -> None:
    row.save_checked(actor, expected)
    audit.record(
        actor=actor,
        action=f"offer.{action}",
        subject=("offer_case", row.pk),
        old=old,
        new=row.snapshot(),
        account_id=row.account_id,
    )


def _known(case: OfferCase, key: str) -> Offer:
    found = case.offer(key)
    if found is None:
        raise NotFound(_("There is no such offer."), code="offer_not_found")
    return found


def _first_setting(currency: str, base: Period) -> Setting:
    """A seed of its own, and the recommended prices that the catalog knows, without tax."""
    prices = prices_of(PricePurpose.RECOMMENDED, currency)
    held = {product: held_in(rows, base.last) for product, rows in prices.items()}
    resale = tuple(
        (product, round_half_up(price.net, 4))
        for product, price in sorted(held.items())
        if price is not None
    )
    return Setting(seed=secrets.randbelow(2**31), resale=resale)


def _span(start: Start) -> Period:
    if start.last < start.starts:
        text = _("The last day comes before the first.")
        raise Invalid(text, code="period_order", fields={"last": text})
    span = Period.between(start.starts, start.last)
    if len(span.month_starts()) > LONGEST:
        text = _("A term of more than three years cannot be tried on monthly sales.")
        raise Invalid(text, code="term_long", fields={"last": text})
    return span


def _source(actor: Actor, account_id: int, start: Start, span: Period) -> Agreement | None:
    """The agreement the offers begin from, or the one that a new contract would follow."""
    if start.agreement_id is not None:
        found = agreement_for(actor, start.agreement_id)
        if found.account_id != account_id:
            raise NotFound(_("There is no such agreement."), code="agreement_not_found")
        return found
    known = agreements_of_account(actor, account_id)
    fits: dict[Origin, Callable[[Agreement], bool]] = {
        Origin.BLANK: lambda one: one.state in RUNNING,
        Origin.IN_FORCE: lambda one: one.state in RUNNING,
        Origin.LAST_YEAR: lambda one: (
            one.valid.start < span.start
            and one.state not in (AgreementState.DRAFT, AgreementState.IN_REVIEW)
        ),
        Origin.DRAFT: lambda one: True,
    }
    for head in known:
        whole = agreement_for(actor, head.id)
        if fits[start.origin](whole) and (
            start.origin is not Origin.DRAFT or working(whole.versions) is not None
        ):
            return whole
    if start.origin is Origin.BLANK:
        return None
    words = {
        Origin.IN_FORCE: _("No agreement of this customer is in force."),
        Origin.LAST_YEAR: _("This customer had no agreement before this term."),
        Origin.DRAFT: _("There is no draft of an agreement with this customer."),
    }
    text = words[start.origin]
    raise Invalid(text, code="no_source", fields={"origin": text})


def _terms(source: Agreement | None, origin: Origin, span: Period) -> Terms:
    if source is None:
        return Terms()
    if origin is Origin.DRAFT:
        found = working(source.versions)
    else:
        held = in_force(source).versions or source.versions
        found = held[-1]
    return _shifted(terms_of(found), span) if found else Terms()


def _in_force(actor: Actor, account_id: int, source: Agreement | None) -> Terms:
    if source is not None and in_force(source).versions:
        return terms_of(in_force(source).versions[-1])
    for head in agreements_of_account(actor, account_id):
        if head.state in RUNNING and (held := in_force(agreement_for(actor, head.id)).versions):
            return terms_of(held[-1])
    return terms_of(source.versions[-1]) if source and source.state not in EARLY else Terms()


EARLY: Final = (AgreementState.DRAFT, AgreementState.IN_REVIEW, AgreementState.APPROVED,
                AgreementState.OFFERED)  # fmt: skip


def _shifted(terms: Terms, span: Period) -> Terms:
    """Terms whose own days lie before the term move along with it, by whole years."""
    days = [one.valid for one in terms.conditions if one.valid]
    days += [tier.valid for one in terms.conditions for tier in one.tiers if tier.valid]
    days += [one.service.due for one in terms.conditions if one.service and one.service.due]
    days += [row.valid for row in terms.prices if row.valid]
    if not days or any(day.overlaps(span) for day in days):
        return terms
    return moved(terms, span.start.year - min(day.start for day in days).year)
