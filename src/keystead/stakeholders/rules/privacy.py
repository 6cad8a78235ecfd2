"""What of a person is business contact data, what is our opinion, and when an opinion is stale."""

from __future__ import annotations

from datetime import date

from keystead.stakeholders.types import OPINION_ROLES, Basis, RoleKind, TieKind

STALE_DAYS = 180
GROUP = "private_notes"  # the field group of opinions


def is_opinion(kind: RoleKind | TieKind) -> bool:
    """Say whether a role or tie tells what we think of somebody: only some may read it.

    >>> is_opinion(RoleKind.LEGAL), is_opinion(RoleKind.BLOCKER), is_opinion(TieKind.REPORTS_TO)
    (False, True, False)
    """
    if isinstance(kind, TieKind):
        return kind is not TieKind.REPORTS_TO
    return kind in OPINION_ROLES


def stale(reviewed_on: date, on: date) -> bool:
    """Say whether an opinion was not looked at for more than 180 days.

    >>> stale(date(2026, 1, 1), date(2026, 6, 30)), stale(date(2026, 1, 1), date(2026, 7, 1))
    (False, True)
    """
    return (on - reviewed_on).days > STALE_DAYS


def missing_basis(basis: Basis, note: str) -> bool:
    """Say whether consent is claimed without saying how it was given.

    >>> missing_basis(Basis.CONSENT, " "), missing_basis(Basis.INTEREST, "")
    (True, False)
    """
    return basis is Basis.CONSENT and not note.strip()


def due_on(last_on: date | None, every_days: int, since: date) -> date:
    """Return the day somebody is due: so many days after the last talk, at once when never met.

    >>> due_on(date(2026, 1, 1), 30, date(2025, 1, 1)), due_on(None, 30, date(2026, 3, 1))
    (datetime.date(2026, 1, 31), datetime.date(2026, 3, 1))
    """
    return since if last_on is None else date.fromordinal(last_on.toordinal() + every_days)
