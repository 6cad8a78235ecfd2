"""Letters about one's own sign-in: stored with the act, sent by the worker in the own language.

The link to a new password is a key: it lies sealed in the queue.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from keystead.doors.web.sign_in.agents import agent_name
from keystead.kit import mail
from keystead.kit.secrets import seal, unseal

PURPOSE = "letter"
CHANGES = {
    "password": _lazy("The password was changed."),
    "two_steps.on": _lazy("The second step was turned on."),
    "two_steps.off": _lazy("The second step was turned off."),
    "two_steps.codes": _lazy("New recovery codes were made."),
}


def tell_new_device(user: Any, *, agent: str, address: str) -> bool:
    """Tell a person that a browser they never used came in under their name."""
    return _post(user.pk, "sign_in.new_device", {"browser": agent_name(agent), "address": address})


def tell_changed(user_id: int | None, change: str) -> bool:
    """Tell a person that the way they sign in was changed, by whomever."""
    if change not in CHANGES:
        raise ValueError(f"no change is called {change}")
    return _post(user_id, "sign_in.changed", {"change": change})


def send_new_password_link(user: Any, *, link: str) -> bool:
    """Send the link with which a forgotten password is set anew."""
    return _post(user.pk, "sign_in.new_password", {"link": seal(link, purpose=PURPOSE)})


@mail.letter("sign_in.new_device")
def new_device(user: Any, data: dict[str, Any]) -> tuple[str, str]:
    """Write of a browser that is new."""
    return _("New device signed in to Keystead"), _body("new_device", user, data)


@mail.letter("sign_in.changed")
def changed(user: Any, data: dict[str, Any]) -> tuple[str, str]:
    """Write of a change of the sign-in."""
    values = {"change": CHANGES[data["change"]]}
    return _("Your sign-in to Keystead was changed"), _body("changed", user, values)


@mail.letter("sign_in.new_password")
def new_password(user: Any, data: dict[str, Any]) -> tuple[str, str]:
    """Write the link to a new password."""
    values = {"link": unseal(data["link"], purpose=PURPOSE), "username": user.username}
    return _("A new password for Keystead"), _body("new_password", user, values)


def _post(user_id: int | None, kind: str, data: dict[str, Any]) -> bool:
    """Queue a letter of its own: each act is told, also the same one twice."""
    key = f"{kind}:{uuid.uuid4().hex}"
    return bool(mail.post(user_ids=[user_id or 0], kind=kind, key=key, data=data))


def _body(name: str, user: Any, values: dict[str, Any]) -> str:
    return render_to_string(f"web/mail/{name}.txt", {"user": user, **values})
