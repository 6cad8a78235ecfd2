"""The buyer's own calculation of a case, beside ours. All of it is ours alone."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from keystead.accounts.queries import account_for
from keystead.kernel.errors import Conflict, Invalid
from keystead.kit.access import actor_of, policy
from keystead.kit.ui.charts import Chart, bars
from keystead.kit.ui.editing import version_of
from keystead.kit.ui.tables import Column, Row, Table
from keystead.negotiation import queries, services
from keystead.negotiation.calc.plans.stored import plain
from keystead.negotiation.calc.written.buying import buyer_answer
from keystead.negotiation.forms.buyer import BundleForm, TradeForm
from keystead.negotiation.queries.buyer_words import INPUTS
from keystead.negotiation.types.room import Negotiation
from keystead.negotiation.views.fee_tables import money, number
from keystead.negotiation.views.fees import writes

MOST_TITLES = 60
Answer = dict[str, Any]


@policy("negotiation.private")
def buyer(request: HttpRequest, negotiation_id: int) -> HttpResponse:
    """Show the buyer's calculation and keep it: leaving a bundle, or alternatives in trade."""
    actor = actor_of(request)
    found = queries.negotiation_for(actor, negotiation_id)
    account = account_for(actor, found.account_id)
    held = queries.buyer_model_of(actor, found.id)
    body = dict(held.body) if held else {}
    trade = _trades(request, body)
    if not body and not trade:
        body = {"titles": queries.titles_used(actor, found.id)}
    form = _form(request, body, trade=trade)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            services.keep_buyer_model(
                actor=actor, negotiation_id=found.id, expected_version=version_of(request),
                body=form.body(),
            )  # fmt: skip
        except (Invalid, Conflict) as error:
            messages.error(request, _(error.message))
            status = 409 if isinstance(error, Conflict) else 422
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(request.get_full_path())
    elif form.is_bound:
        status = 422
    context = {
        **(_result(found, form.body()) if form.is_bound and form.is_valid() else
           _result(found, body) if held and bool(body.get("alternatives")) == trade else {}),
        "negotiation": found, "account": account, "consortium": account.kind == "consortium",
        "form": form, "trade": trade,
        "version": held.version if held else "", "may_edit": writes(actor, account.id),
    }  # fmt: skip
    return render(request, "negotiation/buyer.html", context, status=status)


@require_POST
@policy("negotiation.private")
def preview_buyer(request: HttpRequest, negotiation_id: int) -> HttpResponse:
    """Show the calculation with what is typed; nothing is stored."""
    found = queries.negotiation_for(actor_of(request), negotiation_id)
    form = _form(request, {}, trade=_trades(request, {}))
    if form.is_valid():
        context = _result(found, form.body())
    else:
        context = {
            "faults": [
                f"{form.fields[name].label}: {' '.join(map(str, errors))}"
                for name, errors in form.errors.items()
                if name in form.fields
            ]
        }
    return render(request, "negotiation/parts/buyer.html", {**context, "negotiation": found})


def _trades(request: HttpRequest, body: Answer) -> bool:
    asked = request.GET.get("kind", "")
    return asked == "trade" or (not asked and bool(body.get("alternatives")))


def _form(request: HttpRequest, body: Answer, *, trade: bool) -> BundleForm | TradeForm:
    data = request.POST if request.method == "POST" else None
    return TradeForm(data, body=body) if trade else BundleForm(data, body=body)


def _result(found: Negotiation, body: Answer) -> Answer:
    try:
        answer = buyer_answer(plain(body))
    except Invalid as error:
        return {"problem": _(error.message)}
    if "alternatives" in answer:
        return _trade(found, answer["alternatives"])
    theirs, ours = answer["theirs"], answer["ours"]
    return {
        "message": _message(found, theirs, ours),
        "sides": _sides(found, theirs, ours),
        "years": _years(found, theirs, ours),
        "sensitivity": _sensitivity(found, answer["sensitivity"]),
        "chart": _chart(found, answer["sensitivity"]),
        "titles": _titles(found, theirs, ours),
    }


def _message(found: Negotiation, theirs: Answer, ours: Answer | None) -> str:
    saving = Decimal(theirs["saving"])
    words = {"saving": money(abs(saving), found.currency), "years": len(theirs["years"]),
             "kept": theirs["kept"]}  # fmt: skip
    if saving > 0:
        text = _("By their numbers leaving saves %(saving)s over %(years)s years, keeping "
                 "%(kept)s titles.") % words  # fmt: skip
    else:
        text = _("By their numbers leaving costs %(saving)s more over %(years)s years, keeping "
                 "%(kept)s titles.") % words  # fmt: skip
    if ours is None:
        return text
    own = Decimal(ours["saving"])
    told = {"saving": money(abs(own), found.currency)}
    more = _("By ours it saves %(saving)s.") if own > 0 else _("By ours it costs %(saving)s more.")
    return f"{text} {more % told}"


def _sides(found: Negotiation, theirs: Answer, ours: Answer | None) -> Table:
    columns = [Column("what", _("Result")), Column("theirs", _("By their numbers")),
               Column("ours", _("By ours"))]  # fmt: skip
    unit = found.currency
    names = (
        ("saving", _("Saved by leaving, whole term"), unit),
        ("saving_pct", _("Saved, % of the bundle"), "%"),
        ("kept", _("Titles kept"), ""),
        ("price_per_kept", _("Price of a kept title"), unit),
        ("free_pct", _("Use that is free anyway"), "%"),
        ("instant_pct", _("Use that stays at once"), "%"),
        ("lost_pct", _("Use that is lost"), "%"),
        ("loans", _("Loans a year"), ""),
    )
    rows = [
        Row({"what": label, "theirs": _told(theirs[name], kind),
             "ours": _told(ours[name], kind) if ours else "–"})
        for name, label, kind in names
    ]  # fmt: skip
    return Table(columns, rows, _("Both calculations"), sortable=False)


def _told(value: Any, kind: str) -> str:
    if value is None:
        return "–"
    if kind == "%":
        return f"{number(Decimal(value), 1)} %"
    return money(Decimal(value), kind) if kind else number(Decimal(value))


def _years(found: Negotiation, theirs: Answer, ours: Answer | None) -> Table:
    unit = found.currency
    columns = [Column("year", _("Year"), "number", digits=0)]
    columns += [
        Column(name, label, "money", unit=unit, hide=hide)
        for name, label, hide in (
            ("bundle", _("Bundle"), ""), ("kept", _("Kept titles"), "phone"),
            ("loans", _("Loans"), "phone"),
        )
    ]  # fmt: skip
    columns += [Column("saving", _("Saved, their numbers"), "variance", unit=unit, good="none"),
                Column("ours", _("Saved, ours"), "variance", unit=unit, good="none")]  # fmt: skip
    own = {one["year"]: one["saving"] for one in ours["years"]} if ours else {}
    rows = [
        Row({"year": one["year"], "ours": _number(own.get(one["year"])),
             **{name: _number(one[name]) for name in ("bundle", "kept", "loans", "saving")}})
        for one in theirs["years"]
    ]  # fmt: skip
    return Table(columns, rows, _("Year by year"), sortable=False)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _sensitivity(found: Negotiation, rows: list[Answer]) -> Table:
    unit = found.currency
    columns = [Column("what", _("Input"))]
    columns += [
        Column(name, label, "money", unit=unit)
        for name, label in (("low", _("Saving when lower")), ("high", _("Saving when higher")),
                            ("width", _("Moves it by")))
    ]  # fmt: skip
    shown = [
        Row({"what": INPUTS[one["input"]],
             **{name: Decimal(one[name]) for name in ("low", "high", "width")}})
        for one in rows
    ]  # fmt: skip
    return Table(columns, shown, _("Sensitivity of each input"), sortable=False)


def _chart(found: Negotiation, rows: list[Answer]) -> Chart | None:
    items = [(str(INPUTS[one["input"]]), Decimal(one["width"])) for one in rows]
    items = [one for one in items if one[1]]
    if not items:
        return None
    return bars(label=_("How far each input moves the saving"), items=items,
                currency=found.currency, head=_("Input"))  # fmt: skip


def _titles(found: Negotiation, theirs: Answer, ours: Answer | None) -> Table:
    unit = found.currency
    columns = [
        Column("name", pgettext("publication", "Title")),
        Column("cost", _("Cost a year"), "money", unit=unit),
        Column("use", _("Paid use"), "number", digits=0, hide="phone"),
        Column("per_use", _("Net cost of a paid use"), "money", unit=unit, digits=2),
        Column("theirs", _("They keep it")), Column("ours", _("By ours"), hide="phone"),
    ]  # fmt: skip
    own = {one["name"]: one["kept"] for one in ours["titles"]} if ours else {}
    yes = _("kept")
    rows = [
        Row({"name": one["name"], "cost": Decimal(one["cost"]), "use": Decimal(one["paid_use"]),
             "per_use": _number(one["per_use"]), "theirs": yes if one["kept"] else "",
             "ours": yes if own.get(one["name"]) else ""})
        for one in theirs["titles"][:MOST_TITLES]
    ]  # fmt: skip
    return Table(columns, rows, _("Titles, the cheapest paid use first"), sortable=False)


def _trade(found: Negotiation, rows: list[Answer]) -> Answer:
    unit = found.currency
    columns = [
        Column("name", _("Alternative")),
        Column("margin", _("Customer earns a year"), "money", unit=unit),
        Column("pct", _("Margin"), "pct", digits=1),
        Column("unit", _("Per unit"), "money", unit=unit, digits=2, hide="phone"),
        Column("against", _("Against ours"), "variance", unit=unit, good="none"),
    ]  # fmt: skip
    shown = [
        Row({"name": one["name"], "margin": _number(one["margin"]),
             "pct": _number(one["margin_pct"]), "unit": _number(one["per_unit"]),
             "against": _number(one["against_ours"]) if at else None})
        for at, one in enumerate(rows)
    ]  # fmt: skip
    best = max(rows, key=lambda one: Decimal(one["margin"]))
    if best is rows[0]:
        text = _("The customer earns most with us.")
    else:
        words = {"name": best["name"], "more": money(Decimal(best["against_ours"]), unit)}
        text = _("The customer earns most with %(name)s: %(more)s more than with us.") % words
    return {"message": text, "trades": Table(columns, shown, _("What the customer earns"),
                                             sortable=False)}  # fmt: skip
