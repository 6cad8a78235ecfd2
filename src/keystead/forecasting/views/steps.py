"""The steps of a cycle: each asks what it needs, then calls one service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keystead.accounts.queries import account_by_code, people_for_team
from keystead.forecasting import queries, services
from keystead.forecasting.forms.cycle import (
    AssumptionForm,
    DaysForm,
    ObjectForm,
    ReturnForm,
    RunForm,
    SayForm,
    VerdictForm,
    WhyForm,
)
from keystead.forecasting.queries.names import account_names
from keystead.forecasting.queries.steps import parties_of, steps_of
from keystead.forecasting.queries.words import LAYERS
from keystead.forecasting.rules.cycles import submitted
from keystead.forecasting.types.cycle import (
    Asked,
    AssumptionEntry,
    Calendar,
    Cycle,
    Layer,
    Node,
    Verdict,
)
from keystead.forecasting.views.desk import told
from keystead.kernel.errors import Invalid, NotFound
from keystead.kernel.periods import add_months
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.editing import Page, edit_page

TITLES: Final[Mapping[str, Promise]] = {
    "run": gettext_lazy("Start a run"),
    "submit": gettext_lazy("Hand in"),
    "review": gettext_lazy("Begin the review"),
    "reopen": gettext_lazy("Take the review back"),
    "sign": gettext_lazy("Sign as it stands"),
    "object": gettext_lazy("Raise an objection"),
    "lock": gettext_lazy("Ask for the lock"),
    "withdraw": gettext_lazy("Take back the request for the lock"),
    "return": gettext_lazy("Send back to its author"),
    "assume": gettext_lazy("Write an assumption"),
    "explain": gettext_lazy("Explain a gap"),
    "calendar": gettext_lazy("Move the days"),
    "cancel": gettext_lazy("Cancel the cycle"),
}
LEDES: Final[Mapping[str, Promise]] = {
    "run": gettext_lazy("It reads the ledger as it is now, up to the cut-off; overrides stay."),
    "submit": gettext_lazy("What is handed in takes no change until it is sent back."),
    "review": gettext_lazy("All lines lie side by side; the statistical one stays as it is."),
    "sign": gettext_lazy("For the numbers as they stand; a later change asks for a new signature."),
    "lock": gettext_lazy(
        "A director or finance approves; then the agreed line is posted as facts."
    ),
    "assume": gettext_lazy("What the forecast rests on; later somebody says what became of it."),
    "cancel": gettext_lazy("What was written stays readable; the month can have a new cycle."),
}
FORMS: Final[Mapping[str, type[Form]]] = {
    "run": RunForm, "submit": SayForm, "sign": SayForm, "object": ObjectForm,
    "review": WhyForm, "return": ReturnForm, "assume": AssumptionForm, "calendar": DaysForm,
    "reopen": WhyForm, "withdraw": WhyForm, "explain": WhyForm, "cancel": WhyForm,
    "lock": Form,
}  # fmt: skip


@policy("forecasting.edit")
def cycle_step(request: HttpRequest, cycle_id: int, step: str) -> HttpResponse:
    """Ask what a step needs, then go it."""
    actor = actor_of(request)
    found = queries.cycle_for(actor, cycle_id)
    if step not in TITLES:
        raise Http404
    form = _form(request, actor, found, step)
    about = request.GET.get("about", "")

    def save(data: dict[str, Any], version: int | None) -> str | None:
        _go(actor, found, step, {**data, "about": about, "version": version})
        return None

    page = Page(
        str(TITLES[step]), back=reverse("forecasting:cycle", args=[found.id]),
        back_label=_("Cycle %(name)s") % {"name": found.name}, save_label=str(TITLES[step]),
        version=found.version, said=_("Done."), lede=_lede(step, actor, found, about),
    )  # fmt: skip
    return edit_page(request, form, told(save), page)


@policy("forecasting.edit")
def verdict(request: HttpRequest, cycle_id: int, assumption_id: int) -> HttpResponse:
    """Ask what became of an assumption."""
    actor = actor_of(request)
    found = queries.cycle_for(actor, cycle_id)
    held = {one.id: one for one in queries.assumptions_of(actor, cycle_id)}.get(assumption_id)
    if held is None:
        raise Http404
    first = {"verdict": held.verdict.value, "note": held.verdict_note}
    form = VerdictForm(request.POST if request.method == "POST" else None, initial=first)

    def save(data: dict[str, Any], version: int | None) -> None:
        services.judge_assumption(
            actor=actor, assumption_id=assumption_id, verdict=Verdict(data["verdict"]),
            note=data["note"], expected_version=version,
        )  # fmt: skip

    page = Page(
        _("What became of it"), back=reverse("forecasting:cycle", args=[found.id]),
        back_label=_("Cycle %(name)s") % {"name": found.name}, version=held.version,
        lede=held.entry.text,
    )  # fmt: skip
    return edit_page(request, form, told(save), page)


def _lede(step: str, actor: Actor, cycle: Cycle, about: str) -> str:
    if step not in steps_of(actor, cycle):
        return _("This step cannot be gone now, or is not yours.")
    return about.rpartition(":")[2] if about else str(LEDES.get(step, ""))


def _form(request: HttpRequest, actor: Actor, cycle: Cycle, step: str) -> Form:
    days = cycle.head.calendar
    first: dict[str, Any] = {
        "starts": cycle.head.month, "expires": add_months(cycle.head.month, 3),
        "opens": days.opens, "submit_by": days.submit_by, "review_by": days.review_by,
        "lock_by": days.lock_by,
    }  # fmt: skip
    more: dict[str, Any] = {}
    if step in ("submit", "sign", "object"):
        more["parties"] = parties_of(actor, signing=step != "submit")
    if step == "assume":
        known = dict(people_for_team(actor))
        if actor.user_id is not None:
            known.setdefault(actor.user_id, actor.name)
            first["owner"] = actor.user_id
        more["people"] = sorted(known.items(), key=lambda one: one[1])
    if step == "return":
        more["given"] = _given(actor, cycle)
    data = request.POST if request.method == "POST" else None
    return FORMS[step](data, initial=first, **more)


def _given(actor: Actor, cycle: Cycle) -> list[tuple[str, str]]:
    """What was handed in and can be sent back, as the form offers it."""
    names = account_names()
    keys = submitted(queries.signs_of(actor, cycle.id))
    return [
        (
            f"{party.value}:{account or ''}",
            f"{LAYERS[party]}: {names[account].name}" if account else str(LAYERS[party]),
        )
        for party, account in sorted(keys, key=lambda key: (key[0].value, key[1] or 0))
    ]


def _go(actor: Actor, cycle: Cycle, step: str, data: dict[str, Any]) -> None:
    ask: dict[str, Any] = {"actor": actor, "cycle_id": cycle.id}
    checked = {**ask, "expected_version": data["version"]}
    why = data.get("why", "")
    match step:
        case "run":
            asked = Asked(
                recipe=data["recipe"], country=data["country"].strip().upper(),
                trial=bool(data.get("trial")),
            )  # fmt: skip
            services.start_run(**ask, asked=asked)
        case "submit":
            services.submit(**ask, party=Layer(data["party"]), note=why)
        case "sign" | "object":
            services.sign_off(**ask, party=Layer(data["party"]), agree=step == "sign", note=why)
        case "return":
            party, _colon, account = data["what"].partition(":")
            services.send_back(
                **ask, party=Layer(party), account_id=int(account) if account else None, why=why
            )
        case "lock":
            services.lock(**checked)
        case "withdraw":
            services.take_back_lock(**ask, why=why)
        case "explain":
            services.comment(**ask, text=why, about=data["about"])
        case _:
            _run_it(step, checked, data, why)


def _run_it(step: str, checked: dict[str, Any], data: dict[str, Any], why: str) -> None:
    """The steps of who runs the cycle, and the assumption."""
    match step:
        case "review":
            services.begin_review(**checked, why=why)
        case "reopen":
            services.back_to_open(**checked, why=why)
        case "cancel":
            services.cancel_cycle(**checked, why=why)
        case "calendar":
            days = Calendar(data["opens"], data["submit_by"], data["review_by"], data["lock_by"])
            services.set_calendar(**checked, calendar=days)
        case "assume":
            entry = AssumptionEntry(
                text=data["text"], category=data["category"], effect=data["effect"],
                starts=data["starts"], expires=data["expires"], owner_id=data["owner"],
                node=_place(checked["actor"], data),
            )  # fmt: skip
            services.write_assumption(
                actor=checked["actor"], cycle_id=checked["cycle_id"], entry=entry
            )


def _place(actor: Actor, data: dict[str, Any]) -> Node:
    """The account and brand a form names; Invalid at its field for an account that is missing."""
    code = data["account"].strip()
    try:
        account = account_by_code(actor, code).id if code else None
    except NotFound as error:
        text = _("There is no such account, or it is not one of yours.")
        raise Invalid(text, code=error.code, fields={"account": text}) from error
    return Node(account, None, data["brand"].strip())
