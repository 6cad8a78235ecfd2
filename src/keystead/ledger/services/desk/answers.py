"""What people decide about a batch: one intent, one trail row, and the work goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from keystead.accounts.queries import account_for
from keystead.catalog.queries import product_for
from keystead.kernel.errors import Invalid
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.ledger import models, queries
from keystead.ledger.rules.mapping import as_json, read_map
from keystead.ledger.services.desk import staging
from keystead.ledger.services.desk.receiving import same_file
from keystead.ledger.services.desk.work import Work, as_plain, carry_on, require_open, work_on
from keystead.ledger.types import Batch, BatchState, Mode, dataset_def, imported

_OPTIONS = {
    "encoding": None,
    "delimiter": None,
    "decimal": {"point", "comma"},
    "date_order": {"dmy", "mdy"},
}


def set_place(*, actor: Actor, batch_id: int, dataset: str = "", source: str = "") -> Batch:
    """Say which dataset a file is and which source it comes from; "" leaves it as it is.

    Needs ``ledger.import`` and an open batch. The columns are proposed anew for another dataset.
    Raises Invalid when this very file is in another import of that dataset and source.
    """
    if dataset:
        imported(dataset)

    def change(work: Work) -> None:
        batch = work.batch
        new_dataset, new_source = dataset or batch.dataset, source.strip()[:120] or batch.source
        twin = same_file(actor, work.desk.upload_sha256, new_dataset, new_source)
        if twin is not None and twin != batch.pk:
            raise Invalid(
                _("This file is here already, as import %(number)s. It has one effect only.")
                % {"number": twin},
                code="same_file",
                hint=_("Open that import."),
                batch_id=twin,
            )
        if new_dataset != batch.dataset:
            work.decisions.pop("columns", None)
            work.decisions.pop("fields", None)
        batch.dataset, batch.source = new_dataset, new_source
        batch.options |= {
            "dataset_given": bool(dataset) or batch.options.get("dataset_given", False),
            "source_given": bool(source) or batch.options.get("source_given", False),
        }

    return _decide(actor, batch_id, "place", change)


def set_options(
    *,
    actor: Actor,
    batch_id: int,
    options: Mapping[str, str],
    sheets: Sequence[str] | None = None,
    keep_rules: Sequence[str] | None = None,
) -> Batch:
    """Settle how the file is read: encoding, delimiter, decimal sign, order of dates, sheets.

    Keys may name a field: ``decimal:value``. ``keep_rules``: rules ("total", "note") whose rows
    count as data. Needs ``ledger.import`` and an open batch. Raises Invalid for other values.
    """
    for key, value in options.items():
        allowed = _OPTIONS.get(key.partition(":")[0], set())
        if allowed is not None and value not in allowed:
            raise Invalid(
                _("%(name)s cannot be %(value)s.") % {"name": key, "value": value},
                code="option",
                fields={key: value},
            )

    def change(work: Work) -> None:
        work.decisions["options"] = work.decisions.get("options", {}) | dict(options)
        if sheets is not None:
            work.decisions["sheets"] = list(sheets)
        if keep_rules is not None:
            work.decisions["keep_rules"] = sorted(keep_rules)

    return _decide(actor, batch_id, "options", change)


def set_mapping(
    *,
    actor: Actor,
    batch_id: int,
    columns: Mapping[str, Any] | None = None,
    fields: Mapping[str, Any] | None = None,
) -> Batch:
    """Say which column, constant or formula fills a field.

    ``columns``: a whole mapping file. ``fields``: only these fields, atop of what is there; an
    empty one is filled by nothing. Needs ``ledger.import`` and an open batch. Raises Invalid
    with ``fields`` when it cannot be carried out.
    """

    def change(work: Work) -> None:
        dataset = dataset_def(work.batch.dataset)
        if columns is not None:
            work.decisions["columns"] = as_json(read_map(columns, dataset.id))
            work.decisions.pop("fields", None)
        for name, rule in (fields or {}).items():
            if name not in {field.name for field in dataset.fields}:
                raise Invalid(
                    _("%(dataset)s has no field %(name)s.") % {"dataset": dataset.id, "name": name},
                    fields={name: ""},
                )
            read_map({"fields": {name: rule}}, dataset.id)
            work.decisions.setdefault("fields", {})[name] = rule

    return _decide(actor, batch_id, "columns", change)


def decide(
    *, actor: Actor, batch_id: int, repeats: str | None = None, mode: str | None = None
) -> Batch:
    """Decide about repeated lines ("keep", "skip") or months that are there ("replace", "append").

    Needs ``ledger.import`` and an open batch.
    """
    if repeats not in {None, "", "keep", "skip"} or mode not in {None, "", *Mode}:
        raise Invalid(_("Choose one of the answers offered."), code="choice")

    def change(work: Work) -> None:
        if repeats is not None:
            work.decisions["repeats"] = repeats
        if mode is not None:
            work.decisions["mode"] = mode

    return _decide(actor, batch_id, "rows", change)


def assert_total(
    *, actor: Actor, batch_id: int, measure: str, expected: str | Decimal, currency: str = ""
) -> Batch:
    """Note what the sender says the file sums to; "" takes the note away.

    Needs ``ledger.import`` and an open batch. Raises Invalid for an unknown measure or no number.
    """

    def change(work: Work) -> None:
        if measure not in dataset_def(work.batch.dataset).control_totals:
            raise Invalid(
                _("%(measure)s is not summed here.") % {"measure": measure},
                code="measure",
                fields={"measure": ""},
            )
        kept = [
            one
            for one in work.decisions.get("assertions", [])
            if (one["measure"], one["currency"]) != (measure, currency)
        ]
        if str(expected).strip():
            number = str(_number(str(expected)))
            kept.append({"measure": measure, "expected": number, "currency": currency})
        work.decisions["assertions"] = kept

    return _decide(actor, batch_id, "assertion", change)


def confirm_match(
    *,
    actor: Actor,
    batch_id: int,
    kind: str,
    text: str,
    target_id: int | None,
    shown: str = "",
    version: int | None = None,
) -> Batch:
    """Say what a code or name of this source means; None takes it back.

    ``kind``: "account" or "product"; ``text`` as ``alias_text`` gives it. Needs ``ledger.import``
    and a batch that is open or waits for rows. The alias holds for all later files of the
    source, and it is in the trail. ``version``: of the alias as it was seen; another one raises
    Conflict. Raises NotFound for a foreign account.
    """
    targets = {text: (target_id, shown)}
    return confirm_matches(
        actor=actor, batch_id=batch_id, kind=kind, targets=targets, version=version
    )


def confirm_matches(
    *,
    actor: Actor,
    batch_id: int,
    kind: str,
    targets: Mapping[str, tuple[int | None, str]],
    version: int | None = None,
) -> Batch:
    """Say what several codes or names mean: text -> (target or None, as shown)."""
    _require_kind(kind)
    for target_id, _shown in targets.values():
        if target_id is not None:
            (account_for if kind == "account" else product_for)(actor, target_id)

    def change(work: Work) -> None:
        for text, said in targets.items():
            _say(actor, (work.batch.source, kind, text), said, version)
        texts = work.decisions.setdefault("rejected_texts", {})
        texts[kind] = [text for text in texts.get(kind, []) if text not in targets]

    new = {"kind": kind, "targets": {text: target for text, (target, _) in targets.items()}}
    return _decide(actor, batch_id, "match", change, new=new, posted=True)


def reject_matches(*, actor: Actor, batch_id: int, kind: str, texts: Iterable[str]) -> Batch:
    """Reject the rows of some codes or names in this batch; they can be taken back."""
    _require_kind(kind)

    def change(work: Work) -> None:
        kept = work.decisions.setdefault("rejected_texts", {})
        kept[kind] = sorted({*kept.get(kind, []), *texts})

    return _decide(actor, batch_id, "reject", change, posted=True)


def reject_rows(
    *, actor: Actor, batch_id: int, rows: Iterable[tuple[str, int]], reject: bool = True
) -> Batch:
    """Reject single rows (sheet, source row), or take rejected ones back in."""
    wanted = {(sheet, int(row)) for sheet, row in rows}

    def change(work: Work) -> None:
        now = {(sheet, row) for sheet, row in work.decisions.get("rejected_rows", [])}
        now = now | wanted if reject else now - wanted
        work.decisions["rejected_rows"] = [list(row) for row in sorted(now)]

    return _decide(actor, batch_id, "reject" if reject else "take_back", change, posted=True)


def cancel_batch(*, actor: Actor, batch_id: int) -> Batch:
    """Give an import up before it is posted; its work folder goes, the raw file stays.

    Needs ``ledger.import`` and an open batch.
    """
    actor.require("ledger.import")
    with transaction.atomic():
        work = work_on(actor, batch_id, lock=True)
        if work.batch.state != BatchState.FAILED:
            require_open(work)
        old = {"state": str(work.batch.state)}
        work.batch.state = BatchState.CANCELLED
        work.desk.incoming = ""
        work.desk.save(update_fields=["incoming"])
        work.batch.save_checked(actor)
        audit.record(
            actor=actor,
            action="ledger.cancel",
            subject=("batch", batch_id),
            old=old,
            new={"state": str(BatchState.CANCELLED)},
        )
        transaction.on_commit(lambda: staging.forget(batch_id))
    return queries.batch(actor, batch_id)


def _decide(
    actor: Actor,
    batch_id: int,
    what: str,
    change: Callable[[Work], None],
    *,
    new: dict[str, Any] | None = None,
    posted: bool = False,
) -> Batch:
    actor.require("ledger.import")
    with transaction.atomic():
        work = work_on(actor, batch_id, lock=True)
        require_open(work, posted=posted)
        old = as_plain(work.desk.decisions)
        place = {"dataset": work.batch.dataset, "source": work.batch.source}
        change(work)
        work.desk.save(update_fields=["decisions"])
        work.batch.problem = {}
        work.batch.save_checked(actor)
        after = as_plain(work.desk.decisions)
        audit.record(
            actor=actor,
            action=f"ledger.decide_{what}",
            subject=("batch", batch_id),
            old=old | place,
            new=after | {"dataset": work.batch.dataset, "source": work.batch.source} | (new or {}),
        )
        carry_on(actor, work.batch)
    return queries.batch(actor, batch_id)


def _say(
    actor: Actor,
    key: tuple[str, str, str],
    said: tuple[int | None, str],
    version: int | None,
) -> None:
    source, kind, text = key
    target_id, shown = said
    row = models.Alias.objects.filter(source=source, kind=kind, text=text).first()
    if target_id is None:
        if row is not None:
            row.delete()
        return
    row = row or models.Alias(source=source, kind=kind, text=text[:400])
    row.target_id, row.shown = target_id, (shown or text)[:400]
    row.save_checked(actor, version)


def _require_kind(kind: str) -> None:
    if kind not in {models.Alias.ACCOUNT, models.Alias.PRODUCT}:
        raise Invalid(_("Only accounts and products are matched."), code="kind")


def _number(text: str) -> Decimal:
    plain = text.strip().replace(" ", "").replace("\u00a0", "").replace("\u202f", "")
    try:
        found = Decimal(plain)
    except InvalidOperation:
        found = Decimal("nan")
    if not found.is_finite():
        raise Invalid(
            _("“%(text)s” is not a number.") % {"text": text},
            code="number",
            hint=_("Write it as 1234.56, without groups."),
            fields={"expected": text},
        )
    return found
