"""People: who signs in, with which roles, to whom they report. For ``users.manage``."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from keystead.doors.web.forms import ROLE_NAMES, PersonForm
from keystead.doors.web.sign_in import mails
from keystead.doors.web.sign_in import services as signing
from keystead.governance.queries.people import people
from keystead.governance.services.people import add_person, edit_person, set_password
from keystead.governance.types.people import Person
from keystead.kernel.errors import Conflict, Invalid
from keystead.kit.access import actor_of, policy
from keystead.kit.access.recent import recent
from keystead.kit.ui.tables import Cell, Column, Row, Table


@policy("users.manage")
def index(request: HttpRequest) -> HttpResponse:
    """List everybody."""
    everybody = people(actor=actor_of(request))
    return render(
        request,
        "web/people.html",
        {
            "table": _table(everybody),
            "active": sum(person.active for person in everybody),
            "notices": signing.notices(actor_of(request).user_id),
        },
    )


@policy("users.manage")
@sensitive_post_parameters("password")
@recent
def add(request: HttpRequest) -> HttpResponse:
    """Add somebody."""
    form = PersonForm(
        request.POST or None,
        managers=_managers(request),
        new=True,
        initial={"language": request.LANGUAGE_CODE},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            data["password"] = data["password"] or None  # then they come by single sign-on
            person = add_person(actor=actor_of(request), **data)
        except (Conflict, Invalid) as error:
            _blame(form, error)
        else:
            messages.success(request, _("%(name)s can sign in now.") % {"name": person.name})
            return redirect("web:people")
    status = 422 if form.is_bound else 200
    return render(request, "web/person.html", {"form": form, "person": None}, status=status)


@policy("users.manage")
@sensitive_post_parameters("password")
@recent
def edit(request: HttpRequest, person_id: int) -> HttpResponse:
    """Change roles, manager, language; end or restore the access; set a password."""
    actor = actor_of(request)
    person = next((one for one in people(actor=actor) if one.id == person_id), None)
    if person is None:
        raise Http404
    form = PersonForm(
        request.POST or None,
        managers=[pair for pair in _managers(request) if pair[0] != person.username],
        new=False,
        initial={
            "username": person.username,
            "name": person.name if person.name != person.username else "",
            "email": person.email,
            "roles": list(person.roles),
            "manager": person.manager,
            "language": person.language,
            "active": person.active,
        },
    )
    if request.method == "POST" and form.is_valid():
        data = {key: value for key, value in form.cleaned_data.items() if key != "username"}
        secret = data.pop("password")
        try:
            edit_person(actor=actor, person_id=person_id, **data)
            if secret:
                set_password(actor=actor, person_id=person_id, password=secret)
                mails.tell_changed(person_id, "password")
        except (Conflict, Invalid) as error:
            _blame(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("web:people")
    status = 422 if form.is_bound else 200
    context = {
        "form": form,
        "person": person,
        "visits": signing.visits(user_id=person_id),
        "second_step": signing.has_second_step(person_id),
    }
    return render(request, "web/person.html", context, status=status)


@policy("users.manage")
@require_POST
@recent
def end_sessions(request: HttpRequest, person_id: int) -> HttpResponse:
    """Sign somebody out everywhere, at once."""
    ended = signing.end_visits(actor=actor_of(request), person_id=person_id)
    text = ngettext("%(number)s session ended.", "%(number)s sessions ended.", ended)
    messages.success(request, text % {"number": ended})
    return redirect("web:edit_person", person_id)


@policy("users.manage")
@require_POST
@recent
def remove_second_step(request: HttpRequest, person_id: int) -> HttpResponse:
    """Take the second step of somebody who lost their phone."""
    signing.remove_second_step(actor=actor_of(request), person_id=person_id)
    mails.tell_changed(person_id, "two_steps.off")
    messages.success(request, _("The second step is off. Ask them to turn it on again."))
    return redirect("web:edit_person", person_id)


def _blame(form: PersonForm, error: Conflict | Invalid) -> None:
    field = {
        "username_taken": "username",
        "weak_password": "password",
        "manager_circle": "manager",
        "email_taken": "email",
    }
    form.add_error(field.get(error.code), error.message)


def _managers(request: HttpRequest) -> list[tuple[str, str]]:
    return [(one.username, one.name) for one in people(actor=actor_of(request)) if one.active]


def _table(everybody: tuple[Person, ...]) -> Table:
    columns = [
        Column("name", _("Name")),
        Column("roles", _("Roles")),
        Column("manager", _("Reports to")),
        Column("language", _("Language"), hide="phone"),
        Column("seen", _("Last seen"), "moment", hide="phone"),
        Column("state", _("Access"), "tag"),
    ]
    names = {one.username: one.name for one in everybody}
    rows = [
        Row(
            {
                "name": Cell(one.name, href=f"/users/{one.id}/", sub=one.username),
                "roles": ", ".join(str(ROLE_NAMES.get(role, role)) for role in one.roles),
                "manager": names.get(one.manager, one.manager),
                "language": one.language,
                "seen": one.last_seen,
                "state": Cell(_("active"), tone="good") if one.active else Cell(_("ended")),
            },
            tone="" if one.active else "past",
        )
        for one in everybody
    ]
    return Table(columns, rows, caption=_("People who can sign in"))
