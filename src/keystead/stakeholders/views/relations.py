"""The relationship map: organisation tree, influence graph, and people by our team."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_for
from keystead.kit.access import actor_of, policy
from keystead.kit.ui.tables import Cell, Column, Row, Table
from keystead.stakeholders.queries import Place, place_of
from keystead.stakeholders.queries.words import ROLES, TIES
from keystead.stakeholders.views.shown import (
    alarms_of,
    cards_of,
    full_name,
    may_edit,
    page_of,
    people_table,
    work_of,
)

VIEWS = ("tree", "influence", "matrix")


@policy("stakeholders.view")
def relations(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show the map; the matrix is a table, tree and graph are drawn from ``map/data/``."""
    actor = actor_of(request)
    account = account_for(actor, account_id)
    place = place_of(actor, account.id)
    view = request.GET.get("view", "tree")
    view = view if view in VIEWS else "tree"
    titles = {"tree": _("Organisation"), "influence": _("Influence"), "matrix": _("Who knows whom")}
    context = {
        "account": account,
        "place": place,
        "view": view,
        "views": [(one, titles[one]) for one in VIEWS],
        "table": matrix(place) if view == "matrix" else people_table(place),
        "cards": [one for one in cards_of(place) if not one.names],
        "alarms": alarms_of(place),
        "may_edit": may_edit(actor, account.id),
    }
    return render(request, "stakeholders/map.html", context)


@policy("stakeholders.view")
def relations_data(request: HttpRequest, account_id: int) -> JsonResponse:
    """Return nodes and edges of the map: people, empty roles, ties."""
    place = place_of(actor_of(request), account_id)
    return JsonResponse({"nodes": nodes(place), "edges": edges(place)})


def nodes(place: Place) -> list[dict[str, Any]]:
    """Return one node a person with the four marks, and one for each role nobody holds."""
    covered = {one: line.state.value for line in place.coverage for one in line.people}
    found: list[dict[str, Any]] = []
    for one in place.people:
        opinion = one.assessment
        found.append(
            {
                "id": f"p{one.contact.id}",
                "name": full_name(one.contact),
                "work": work_of(place, one),
                "role": ", ".join(str(ROLES[role.role.value]) for role in one.roles),
                "url": page_of(one.contact.id),
                "strength": one.strength.score,
                "coverage": covered.get(one.contact.id, ""),
                "left": not one.here,
                "power": opinion.power if opinion else None,
                "stance": opinion.stance if opinion else None,
            }
        )
    found += [
        {"id": f"m{at}", "name": card.role, "work": card.state, "missing": True, "url": card.add}
        for at, card in enumerate(cards_of(place))
        if not card.names
    ]
    return found


def edges(place: Place) -> list[dict[str, Any]]:
    return [
        {
            "id": f"t{one.id}",
            "source": f"p{one.from_id}",
            "target": f"p{one.to_id}",
            "kind": one.kind.value,
            "word": str(TIES[one.kind.value]),
            "weight": one.weight,
        }
        for one in place.ties
    ]


def matrix(place: Place) -> Table:
    """Return people by our team: how often they spoke within a year."""
    columns = [Column("name", _("Name"))]
    columns += [Column(f"u{pk}", name, "number") for pk, name in place.colleagues.items()]
    columns.append(Column("ours", _("Of ours"), "number"))
    rows = [
        Row(
            {
                "name": Cell(full_name(one.contact), href=page_of(one.contact.id),
                             sub=", ".join(str(ROLES[role.role.value]) for role in one.roles)),
                "ours": len(one.meetings),
                **{f"u{pk}": one.meetings.get(pk) for pk in place.colleagues},
            }
        )
        for one in place.people
    ]  # fmt: skip
    return Table(
        columns, rows, _("Who knows whom"), empty=_("Nobody is known here yet."), tall=True
    )
