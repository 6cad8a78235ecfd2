"""The people of an account as plain data, for programs."""

from __future__ import annotations

from typing import Any

from keystead.kit.access import Actor
from keystead.stakeholders.calc.strength import FORMULA
from keystead.stakeholders.queries.place import place_of


def summary_of(actor: Actor, account_id: int) -> dict[str, Any]:
    """Return people, coverage and alarms of an account; opinions only for those who may read."""
    place = place_of(actor, account_id)
    people = []
    for one in place.people:
        contact, opinion, at = one.contact, one.assessment, one.contact.at(place.on)
        people.append(
            {
                "id": contact.id,
                "name": contact.name,
                "title": contact.title,
                "work": f"{at.job_title}, {at.name}" if at else "",
                "roles": [role.role.value for role in one.roles],
                "strength": one.strength.score,
                "last_talk": one.strength.last_on,
                "left_on": contact.left_on,
                "power": opinion.power if opinion else None,
                "interest": opinion.interest if opinion else None,
                "stance": opinion.stance if opinion else None,
            }
        )
    return {
        "account": place.account.code,
        "strength": place.strength,
        "formula": FORMULA,
        "people": people,
        "coverage": [
            {"role": one.role.value, "state": one.state.value, "people": list(one.people)}
            for one in place.coverage
        ],
        "alarms": [
            {
                "kind": one.kind.value,
                "name": place.name_of(one.person_id)
                or place.colleagues.get(one.colleague_id or 0, ""),
                "share": one.share,
            }
            for one in place.alarms
        ],
    }
