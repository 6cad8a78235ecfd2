"""What the web door does when something happened elsewhere: tell people, forget who left."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession

from keystead.doors.web.models import Device, Look, Notice, SavedView
from keystead.doors.web.sign_in.services import note_broken_glass, note_decided
from keystead.governance.types.approvals import ApprovalDecided
from keystead.governance.types.glass import GlassBroken
from keystead.governance.types.people_data import PersonErased
from keystead.kit import outbox


@outbox.listens(GlassBroken)
def tell_compliance(event: GlassBroken) -> None:
    """Leave a notice for everybody in compliance; governance writes the letters."""
    note_broken_glass(event)


@outbox.listens(ApprovalDecided)
def tell_author(event: ApprovalDecided) -> None:
    """Leave a notice for the one who asked; governance writes the letter."""
    note_decided(event)


@outbox.listens(PersonErased)
def forget_person(event: PersonErased) -> None:
    """Erase devices, sessions, second steps, linked accounts, notices and views of the person."""
    kept = (Device, Look, Notice, SavedView, UserSession, Authenticator, EmailAddress,
            SocialAccount)  # fmt: skip
    for model in kept:
        model._default_manager.filter(user_id=event.user_id).delete()
