"""Posts the usage of a report into the ledger: dataset ``usage``."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from datetime import date
from pathlib import Path

import pyarrow as pa
from django.db import transaction
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_by_code, account_keys, accounts_for
from keystead.accounts.types import Account
from keystead.connectors.counter.calc.facts import months_cleared, usage_rows
from keystead.connectors.counter.queries.institutions import answered_account
from keystead.connectors.counter.rules.check import check
from keystead.connectors.counter.rules.institution import account_named, folded, identifiers_of
from keystead.connectors.counter.services.reading import read_report
from keystead.connectors.counter.types import REPORTS, Outcome, Report, ReportHeader, report_def
from keystead.connectors.counter.types.findings import LOADED
from keystead.kernel.errors import Conflict, Invalid
from keystead.kit.access import Actor
from keystead.ledger.queries import live_months
from keystead.ledger.services import keep_file, post_facts
from keystead.ledger.types import Batch, Mode, dataset_def

DATASET = "usage"


@dataclasses.dataclass(frozen=True)
class Loaded:
    """What a load found, and what it posted (None: only looked at, or nothing to post)."""

    report: Report
    outcome: Outcome
    account: Account | None
    months: tuple[date, ...]
    rows: int
    batch: Batch | None
    replaced_views: tuple[str, ...] = ()


def load(
    *, actor: Actor, path: Path, name: str = "", account: str = "", provider: str = "",
    post: bool = False,
) -> Loaded:  # fmt: skip
    """Read and check a report, find its account, and post its usage.

    Needs ``ledger.import``. ``account``: the code, where the report does not name one that is
    known. ``provider``: under which name its reports replace each other (default: who made it).
    A newer report of the same provider, account, report and release replaces the months it
    speaks for; a full report also clears the standard views of these months, and a view beside a
    full report is refused, so nothing is counted twice. The file is kept by its hash. Writes one
    batch (two or more where views are cleared). Raises Invalid when the report breaks a rule or
    its institution is not known.
    """
    actor.require("ledger.import")
    report = read_report(path, name=name)
    outcome = check(report)
    if outcome.state not in LOADED:
        if post:
            raise Invalid(
                _("The report is not loaded: %(why)s") % {"why": outcome.why},
                code=f"counter_{outcome.state}",
                hint=_("See `keystead counter validate %(file)s`.") % {"file": name or path.name},
            )
        return Loaded(report, outcome, None, (), 0, None)
    owner = account_of(actor, report.header, account)
    rows = usage_rows(report, owner.id)
    months = months_cleared(report)
    if not post or not months:
        return Loaded(report, outcome, owner, months, rows.num_rows, None)
    sha256, _size = keep_file(path)
    batch, cleared = post_report(
        actor=actor, report=report, owner=owner, rows=rows, months=months, mark=sha256,
        provider=provider,
    )  # fmt: skip
    return Loaded(report, outcome, owner, months, rows.num_rows, batch, cleared)


def post_report(
    *,
    actor: Actor,
    report: Report,
    owner: Account,
    rows: pa.Table,
    months: tuple[date, ...],
    mark: str,
    provider: str = "",
) -> tuple[Batch, tuple[str, ...]]:
    """Post the rows of a sound report for its months; return the batch and the views taken out.

    ``mark``: what has one effect only: the file's hash, or that of one request for it.
    """
    head = report.header
    maker = (provider or head.created_by or "?").strip()
    with transaction.atomic():
        cleared = _make_room(actor, head, maker, owner, months, mark)
        batch = post_facts(
            actor=actor,
            dataset=DATASET,
            source=source_of(maker, owner.code, head.report_id, head.release),
            table=rows,
            lineage=f"{mark} {owner.id}",
            mode=Mode.REPLACE,
            months=months,
        )
    return batch, cleared


def source_of(provider: str, account: str, report: str, release: str) -> str:
    """Return the name under which reports replace each other.

    >>> source_of("Ardea Press", "LAKE", "TR", "5.1")
    'COUNTER Ardea Press, LAKE: TR 5.1'
    """
    return f"COUNTER {provider[:60]}, {account[:30]}: {report} {release}"


def _make_room(
    actor: Actor,
    header: ReportHeader,
    provider: str,
    owner: Account,
    months: tuple[date, ...],
    mark: str,
) -> tuple[str, ...]:
    """Clear the views that a full report makes superfluous; refuse a view beside its full one."""
    definition = report_def(header.report_id)
    if definition is None:
        return ()
    if definition.is_view:
        full = source_of(provider, owner.code, definition.full, header.release)
        if live_months(DATASET, full, months):
            raise Conflict(
                _("%(full)s is loaded for these months, and %(view)s is a part of it.")
                % {"full": definition.full, "view": definition.id},
                code="full_report_loaded",
                hint=_("Nothing is missing: views are derived from the full report."),
            )
        return ()
    cleared = []
    for view in (one for one in REPORTS if one.full == definition.id and one.is_view):
        source = source_of(provider, owner.code, view.id, header.release)
        held = tuple(one.month for one in live_months(DATASET, source, months))
        if held:
            post_facts(
                actor=actor, dataset=DATASET, source=source, table=_nothing(),
                lineage=f"cleared by {mark}", mode=Mode.REPLACE, months=held,
            )  # fmt: skip
            cleared.append(view.id)
    return tuple(cleared)


def _nothing() -> pa.Table:
    return dataset_def(DATASET).schema.empty_table().drop_columns(["batch_id", "month"])


def account_of(actor: Actor, header: ReportHeader, code: str = "") -> Account:
    """Return the account of a report: by its code, by what the report names, or as answered.

    Raises Invalid (``institution_unknown``, ``institution_unclear``) when it is none or several.
    """
    if code:
        return account_by_code(actor, code)
    identifiers = identifiers_of(header)
    visible = {one.id: one for one in accounts_for(actor)}
    found = sorted(account_named(identifiers, _known()) & set(visible))
    if len(found) == 1:
        return visible[found[0]]
    answered = answered_account(header.institution_name, identifiers)
    if answered in visible:
        return visible[answered]
    said = ", ".join(f"{scheme} {value}" for scheme, value in identifiers) or "?"
    name = header.institution_name or "?"
    if found:
        raise Invalid(
            _("%(name)s (%(ids)s) is more than one account.") % {"name": name, "ids": said},
            code="institution_unclear",
            hint=_("Merge them, or say which: --account CODE."),
            accounts=[visible[one].code for one in found],
        )
    raise Invalid(
        _("No account of yours is called %(name)s (%(ids)s).") % {"name": name, "ids": said},
        code="institution_unknown",
        hint=_("Add the identifier to its account and load again, or say --account CODE."),
        identifiers=[list(one) for one in identifiers],
    )


def _known() -> dict[tuple[str, str], frozenset[int]]:
    """Return the accounts by what they are called, as it is compared."""
    keys = account_keys()
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    for account_id, scheme, value in zip(
        *(keys.column(name).to_pylist() for name in ("account_id", "scheme", "value")), strict=True
    ):
        if scheme != "name":
            found[scheme, folded(value)].add(account_id)
    return {key: frozenset(ids) for key, ids in found.items()}
