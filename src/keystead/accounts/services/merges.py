"""Merge two accounts that are the same customer, and take it back.

Nothing is moved or rewritten: the merged account keeps its id, code, identifiers, measures, team
and history, and points to where it lives on. Reads take both as one. So a merge can be undone at
any time, and each account has its own again; what was entered meanwhile stays where it was
entered, on the account that lived on.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.accounts import models
from keystead.accounts.queries.details import as_merge
from keystead.accounts.queries.door import account_for
from keystead.accounts.queries.tree import own_parent_edges, parent_edges
from keystead.accounts.rules import Edge, cycle_through, doubled_parent
from keystead.accounts.services.loading import account_row, lock_tree, missing
from keystead.accounts.types import AccountsMerged, AccountsUnmerged, Merge
from keystead.kernel.errors import Invalid, NotFound
from keystead.kit import audit, outbox
from keystead.kit.access import Actor


def merge_accounts(
    *,
    actor: Actor,
    source_id: int,
    target_id: int,
    why: str = "",
    source_version: int | None = None,
    target_version: int | None = None,
) -> Merge:
    """Return the merge of ``source`` into ``target``; needs ``accounts.merge`` and both accounts.

    Publishes ``AccountsMerged``. Both ids and codes go on leading to the target. Raises Invalid
    when they are one already or the tree would get a cycle, Conflict when either was changed.
    """
    with transaction.atomic():
        lock_tree()
        source = account_row(actor, source_id, "accounts.merge")
        target = account_row(actor, target_id, "accounts.merge")
        if source.pk == target.pk:
            raise Invalid(_("These two are one account already."), code="merge_same")
        _check_cycle(source, target)
        old = source.snapshot()
        target.save_checked(actor, target_version)
        source.merged_into = source.canonical = target
        source.save_checked(actor, source_version)
        _settle_chains()
        row = models.AccountMerge.objects.create(
            source=source,
            target=target,
            merged_at=timezone.now(),
            merged_by_name=actor.name[:160],
            why=why.strip(),
        )
        audit.record(
            actor=actor,
            action="account.merge",
            subject=("account", source.pk),
            old=old,
            new=source.snapshot(),
            why=why.strip(),
            account_id=target.pk,
        )
        outbox.publish(AccountsMerged(source_id=source.pk, target_id=target.pk))
    return as_merge(row)


def unmerge_accounts(*, actor: Actor, merge_id: int, why: str = "") -> Merge:
    """Return the merge, undone: the source stands for itself again, with all it had.

    Needs ``accounts.merge`` and the account. Publishes ``AccountsUnmerged``. Raises Invalid where
    a link that lay inside the merged account would give one of them a second parent on a day, or
    close a cycle.
    """
    with transaction.atomic():
        lock_tree()
        row = _merge_row(actor, merge_id)
        source = row.source
        old = source.snapshot()
        source.merged_into = source.canonical = None
        source.save_checked(actor)
        _settle_chains()
        _check_apart(source)
        row.undone_at = timezone.now()
        row.save(update_fields=["undone_at"])
        audit.record(
            actor=actor,
            action="account.unmerge",
            subject=("account", source.pk),
            old=old,
            new=source.snapshot(),
            why=why.strip(),
            account_id=row.target_id,
        )
        outbox.publish(AccountsUnmerged(source_id=source.pk, target_id=row.target_id))
    return as_merge(row)


def _merge_row(actor: Actor, merge_id: int) -> models.AccountMerge:
    rows = models.AccountMerge.objects.select_related("source", "target")
    row = rows.filter(pk=merge_id).first()
    if row is None:
        raise missing(merge_id)
    try:
        account_for(actor, row.target_id)
    except NotFound:
        raise missing(merge_id) from None
    actor.require("accounts.merge")
    if row.undone_at is not None:
        raise Invalid(_("This merge was undone already."), code="merge_undone")
    return row


def _check_cycle(source: models.Account, target: models.Account) -> None:
    heads = {source.pk: target.pk}
    edges = [
        Edge(heads.get(edge.member, edge.member), heads.get(edge.group, edge.group), edge.span)
        for edge in parent_edges()
    ]
    if cycle_through(target.pk, edges) is not None:
        raise Invalid(
            _("One of the two stands above the other in the tree, with others between them."),
            code="merge_cycle",
            hint=_("End the parent link between them first, then merge."),
        )


def _check_apart(source: models.Account) -> None:
    """Refuse to part two accounts when a link between them, hidden since, no longer fits.

    While they were one, the account may have got another parent, or others a place between them.
    """
    if cycle_through(source.pk, parent_edges()) is not None:
        raise Invalid(
            _("Apart, one of the two would stand above itself in the tree."),
            code="unmerge_cycle",
            hint=_("End the parent links that lead from one to the other first, then undo."),
        )
    twice = doubled_parent(own_parent_edges())
    if twice is not None:
        code = models.Account.objects.values_list("code", flat=True).get(pk=twice)
        raise Invalid(
            _("Apart, %(code)s would have two parents on the same day.") % {"code": code},
            code="unmerge_second_parent",
            hint=_("End the parent that it was given since the merge first, then undo."),
        )


def _settle_chains() -> None:
    """Point every merged account at the end of its chain."""
    rows = list(models.Account.objects.exclude(merged_into=None))
    into = {row.pk: row.merged_into_id for row in rows}
    for row in rows:
        head = row.merged_into_id
        while head in into:
            head = into[head]
        if row.canonical_id != head:
            models.Account.objects.filter(pk=row.pk).update(canonical_id=head)
