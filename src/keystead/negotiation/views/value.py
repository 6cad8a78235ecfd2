"""The value story of an account or a deal: the page, and the forms that write it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from keystead.accounts.queries import account_for
from keystead.accounts.types import Account
from keystead.kernel.errors import Conflict, Invalid, NotAllowed
from keystead.kernel.money import minor_units
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui import formats
from keystead.kit.ui.editing import Page, edit_page, version_of
from keystead.negotiation import queries, services
from keystead.negotiation.calc.value.economic import economic_value
from keystead.negotiation.calc.value.publishing import publishing_years
from keystead.negotiation.forms.value import ArticlesForm, ConfirmForm, LineForm, StoryForm
from keystead.negotiation.queries.value_words import BASES, HIDDEN, problem
from keystead.negotiation.types.value import Bands, EconomicValue, ValueStory
from keystead.negotiation.views import value_tables as tables
from keystead.negotiation.views.fee_tables import money
from keystead.negotiation.views.fees import writes


@require_GET
@policy("negotiation.view")
def value(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show what we are worth to an account: lines, use and cost, peers, publishing."""
    actor = actor_of(request)
    account, story = _story(request, account_id)
    deal = queries.negotiation_for(actor, story.negotiation_id) if story.negotiation_id else None
    edits = writes(actor, account.id)
    found = economic_value(story.lines, story.currency, story.price)
    use = queries.value_of_use(actor, story)
    years = publishing_years(story.articles, story.read_fees, minor_units(story.currency))
    context = {
        "account": account, "negotiation": deal, "story": story, "may_edit": edits,
        "private": queries.sees_private(actor), "consortium": account.kind == "consortium",
        "query": _query(story), "message": _message(story, found),
        "confirmed": found.confirmed_pct,
        "lines": tables.lines(story, found, edits=edits, query=_query(story)),
        "chart": tables.bridge(story, found),
        "period": formats.period(use.period.start, use.period.end, locale=_locale()),
        "totals": tables.totals(queries.totals_of_use(actor, account.id, story.currency)),
        "use": use, "fee": money(use.fee, story.currency) if use.fee is not None else "",
        "basis": BASES[story.basis],
        "titles": tables.titles(use) if use.titles else None,
        "members": tables.members(use) if use.members else None,
        "beyond": tables.beyond(use) if use.beyond else None,
        "packages": tables.packages(use) if use.packages else None,
        "years": tables.publishing(years, story.currency) if years else None,
        **_peers(actor, story),
    }  # fmt: skip
    return render(request, "negotiation/value.html", context)


@policy("negotiation.edit")
def value_line(request: HttpRequest, account_id: int, key: str = "") -> HttpResponse:
    """Add a line of the value, or change one."""
    actor = actor_of(request)
    account, story = _story(request, account_id)
    line = story.line(key)
    if key and line is None:
        raise Http404
    form = LineForm(request.POST or None, line=line, private=queries.sees_private(actor))

    def save(data: dict[str, Any], version: int | None) -> None:
        try:
            services.save_value_line(actor=actor, of=_of(story, version), line=form.line(key))
        except Invalid as error:
            if not error.code.startswith("value_"):
                raise
            text = problem(error)
            raise Invalid(text, code=error.code, fields={"factors": text}) from error

    page = _page(
        account, story, line.name if line else _("A line of the value"),
        lede=_("In %(currency)s a year. A change takes the customer's confirmation away.")
        % {"currency": story.currency},
        remove=reverse("negotiation:value_drop", args=[account.id, key]) + _query(story)
        if line else "",
        remove_label=_("Take it out"),
    )  # fmt: skip
    return edit_page(request, form, save, page)


@require_POST
@policy("negotiation.edit")
def value_drop(request: HttpRequest, account_id: int, key: str) -> HttpResponse:
    """Take a line out."""
    account, story = _story(request, account_id)
    back = reverse("negotiation:value", args=[account.id]) + _query(story)
    try:
        services.drop_value_line(
            actor=actor_of(request), of=_of(story, version_of(request)), key=key
        )
    except Conflict as error:
        messages.error(request, _(error.message))
    else:
        messages.success(request, _("Taken out."))
    return HttpResponseRedirect(back)


@policy("negotiation.edit")
def value_confirm(request: HttpRequest, account_id: int, key: str) -> HttpResponse:
    """Write down that the customer confirmed a line."""
    actor = actor_of(request)
    account, story = _story(request, account_id)
    line = story.line(key)
    if line is None:
        raise Http404
    form = ConfirmForm(request.POST or None, initial={"on": timezone.localdate()})

    def save(data: dict[str, Any], version: int | None) -> None:
        services.confirm_value_line(actor=actor, of=_of(story, version), key=key, **data)

    lede = _("It says what the customer agreed to, and holds until the line changes.")
    title = _("Confirmed: %(name)s") % {"name": line.name}
    return edit_page(request, form, save, _page(account, story, title, lede=lede))


@policy("negotiation.edit")
def value_settings(request: HttpRequest, account_id: int) -> HttpResponse:
    """Write our price, the basis of a title's cost, and list prices."""
    actor = actor_of(request)
    account, story = _story(request, account_id)
    form = StoryForm(request.POST or None, story=story)

    def save(data: dict[str, Any], version: int | None) -> None:
        prices = data.pop("prices")
        made = services.set_value_head(
            actor=actor, of=_of(story, version), head=services.StoryHead(**data)
        )
        if prices != dict(story.prices):
            services.set_list_prices(actor=actor, of=_of(made, made.version), prices=prices)

    return edit_page(request, form, save, _page(account, story, _("Price and basis")))


@policy("negotiation.edit")
def value_articles(request: HttpRequest, account_id: int) -> HttpResponse:
    """Write what was invoiced for publishing and reading."""
    actor = actor_of(request)
    account, story = _story(request, account_id)
    form = ArticlesForm(request.POST or None, story=story)

    def save(data: dict[str, Any], version: int | None) -> None:
        services.set_articles(actor=actor, of=_of(story, version), **data)

    lede = _("Amounts in %(currency)s.") % {"currency": story.currency}
    return edit_page(request, form, save, _page(account, story, _("Articles"), lede=lede))


def _story(request: HttpRequest, account_id: int) -> tuple[Account, ValueStory]:
    """The account, and its story or that of the deal that ``?deal=`` names."""
    actor = actor_of(request)
    account = account_for(actor, account_id)
    deal = request.GET.get("deal", "")
    if deal and not (deal.isascii() and deal.isdecimal() and len(deal) < 16):
        raise Http404
    return account, queries.value_story(actor, account.id, int(deal) if deal else None)


def _of(story: ValueStory, version: int | None) -> services.Of:
    return services.Of(
        account_id=story.account_id, negotiation_id=story.negotiation_id, expected_version=version
    )


def _query(story: ValueStory) -> str:
    return f"?deal={story.negotiation_id}" if story.negotiation_id else ""


def _page(account: Account, story: ValueStory, title: str, **more: Any) -> Page:
    back = reverse("negotiation:value", args=[account.id]) + _query(story)
    return Page(
        title, back=back, back_label=pgettext("economic", "Value"), version=story.version, **more
    )


def _message(story: ValueStory, found: EconomicValue) -> str:
    if found.total is None:
        return _("Write down what the next best alternative costs: the value is counted from it.")
    words = {
        "likely": tables.whole(found.total.likely, story.currency),
        "low": tables.whole(found.total.low, story.currency),
        "high": tables.whole(found.total.high, story.currency),
    }
    text = _("Worth %(likely)s a year to them (%(low)s to %(high)s).") % words
    share = found.customers_share
    if share is None or story.price is None:
        return text
    told = {"price": tables.whole(story.price, story.currency),
            "share": tables.whole(abs(share.likely), story.currency)}  # fmt: skip
    if share.likely >= 0:
        more = _("At our price of %(price)s they keep %(share)s of it.") % told
    else:
        more = _("Our price of %(price)s is %(share)s above it.") % told
    return f"{text} {more}"


def _peers(actor: Actor, story: ValueStory) -> dict[str, Any]:
    try:
        found = queries.peers_of(actor, story)
    except NotAllowed as error:
        return {"peers": None, "no_peers": error.message}
    if not isinstance(found, Bands):
        return {"peers": None, "no_peers": HIDDEN[found]}
    return {"peers": tables.peers(found, story.currency), "peer_count": found.peers}


def _locale() -> str:
    return get_language() or "en"
