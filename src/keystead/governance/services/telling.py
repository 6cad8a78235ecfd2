"""Letters about approvals: to those who may answer, to their managers, to the one who asked.

The words are made when a letter is sent: what was answered in the meantime is not asked again,
and who may no longer see a request hears nothing of it.
"""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from keystead.governance.queries import approvals as reads
from keystead.governance.types.approvals import ApprovalRequest, RequestState
from keystead.kernel.errors import NotFound
from keystead.kit import mail
from keystead.kit.access import actor_for
from keystead.kit.models import User


def tell_approvers(item: ApprovalRequest) -> None:
    """Tell those who may answer the present step that it waits for them."""
    data = {"request": item.id, "step": item.current_step}
    mail.post(
        user_ids=reads.approvers_of(item),
        kind="approval.asked",
        key=f"approval.asked:{item.id}:{item.current_step}",
        data=data,
    )


def tell_overdue(item: ApprovalRequest) -> None:
    """Tell those who may answer, and those they report to, that the day is over."""
    approvers = reads.approvers_of(item)
    above = User.objects.filter(pk__in=approvers).exclude(manager=None)
    mail.post(
        user_ids={*approvers, *above.values_list("manager_id", flat=True)} - {item.requested_by},
        kind="approval.overdue",
        key=f"approval.overdue:{item.id}:{item.current_step}",
        data={"request": item.id, "step": item.current_step},
    )


def tell_author(item: ApprovalRequest) -> None:
    """Tell the one who asked how it ended."""
    mail.post(
        user_ids=[item.requested_by],
        kind="approval.decided",
        key=f"approval.decided:{item.id}",
        data={"request": item.id},
    )


@mail.letter("approval.asked")
def asked(user: User, data: dict[str, Any]) -> tuple[str, str] | None:
    """Write to somebody who may answer."""
    item = _waiting(user, data)
    if item is None:
        return None
    return _("Approval asked: %(title)s") % {"title": item.title}, _body("asked", user, item)


@mail.letter("approval.overdue")
def overdue(user: User, data: dict[str, Any]) -> tuple[str, str] | None:
    """Write to somebody who may answer, or to whom they report."""
    item = _waiting(user, data)
    if item is None:
        return None
    return _("Overdue: %(title)s") % {"title": item.title}, _body("overdue", user, item)


@mail.letter("approval.decided")
def decided(user: User, data: dict[str, Any]) -> tuple[str, str] | None:
    """Write to the one who asked."""
    item = _seen(user, data)
    if item is None or not item.decisions:
        return None
    approved = item.state is RequestState.APPROVED
    subject = _("Approved: %(title)s") if approved else _("Returned: %(title)s")
    return subject % {"title": item.title}, _body("decided", user, item)


def _seen(user: User, data: dict[str, Any]) -> ApprovalRequest | None:
    try:
        return reads.request_for(actor_for(user), data["request"])
    except NotFound:
        return None


def _waiting(user: User, data: dict[str, Any]) -> ApprovalRequest | None:
    item = _seen(user, data)
    if item is None or item.state is not RequestState.OPEN or item.current_step != data["step"]:
        return None
    return item


def _body(name: str, user: User, item: ApprovalRequest) -> str:
    values = {
        "user": user,
        "item": item,
        "last": item.decisions[-1] if item.decisions else None,
        "approved": item.state is RequestState.APPROVED,
        "link": mail.link(f"/approvals/{item.id}/"),
    }
    return render_to_string(f"governance/mail/{name}.txt", values)
