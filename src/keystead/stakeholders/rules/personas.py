"""Who should be known at an account, by what it is."""

from __future__ import annotations

from keystead.accounts.types import AccountKind
from keystead.stakeholders.types import RoleKind

R = RoleKind
K = AccountKind
_INSTITUTION = (
    R.ECONOMIC_BUYER, R.PROCESS_OWNER, R.CHAMPION, R.USER_LEAD, R.TECHNICAL, R.PROCUREMENT,
)  # fmt: skip
_CONSORTIUM = (R.ECONOMIC_BUYER, R.PROCESS_OWNER, R.CHAMPION, R.USER_LEAD, R.PROCUREMENT, R.LEGAL)
_TRADE = (R.ECONOMIC_BUYER, R.PROCESS_OWNER, R.CHAMPION, R.PROCUREMENT, R.LEGAL)
_WANTED: dict[AccountKind, tuple[RoleKind, ...]] = {
    K.CONSORTIUM: _CONSORTIUM,
    K.HOSPITAL: _INSTITUTION,
    K.UNIVERSITY: _INSTITUTION,
    K.SITE: (R.USER_LEAD, R.TECHNICAL),
    K.SHOP: (R.PROCESS_OWNER,),
}


def wanted(kind: AccountKind) -> tuple[RoleKind, ...]:
    """Return the roles that should be known at an account of this kind, the weightiest first.

    >>> [one.value for one in wanted(AccountKind.SITE)]
    ['user_lead', 'technical']
    """
    return _WANTED.get(kind, _TRADE)
