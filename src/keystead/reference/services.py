"""Writes of reference data: exchange rates, one by one or from a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from keystead.kernel.errors import Invalid, SourceProblem
from keystead.kit import audit
from keystead.kit.access import Actor
from keystead.kit.office.reading import tables_of
from keystead.kit.quota import spend_upload
from keystead.reference.models import ExchangeRate
from keystead.reference.rules import rate_lines
from keystead.reference.types import ImportedRates, RateLine

MAX_FILE_BYTES = 5 * 1024 * 1024


def record_rates(*, actor: Actor, lines: Sequence[RateLine], file: str = "") -> ImportedRates:
    """Store rates; needs ``reference.edit``; one audit entry; all rows or none.

    A rate that is there already with the same value and source changes nothing; another value
    closes the older row, which stays readable for figures as of an earlier moment.
    """
    actor.require("reference.edit")
    if not lines:
        raise Invalid(_("There are no rates to store."), code="empty")
    wanted = {(line.base, line.quote, line.on): line for line in lines}
    days = [line.on for line in lines]
    with transaction.atomic():
        live = _live(lines)
        changed = {
            key: line
            for key, line in wanted.items()
            if key not in live or (live[key].value, live[key].source) != (line.value, line.source)
        }
        old = {key: live[key] for key in changed if key in live}
        _replace(actor, list(changed.values()), list(old.values()))
        done = ImportedRates(
            added=len(changed) - len(old),
            restated=len(old),
            unchanged=len(wanted) - len(changed),
            first=min(days),
            last=max(days),
        )
        if changed:
            after = {_name(changed[key]): str(changed[key].value) for key in old}
            audit.record(
                actor=actor,
                action="rates.import",
                subject=("rates", file or "typed"),
                old={"restated": {_name(row): str(row.value) for row in old.values()}},
                new={
                    "added": done.added,
                    "restated": after,
                    "first": str(done.first),
                    "last": str(done.last),
                },
            )
    return done


def _live(lines: Sequence[RateLine]) -> dict[tuple[str, str, date], ExchangeRate]:
    rows = ExchangeRate.objects.select_for_update().filter(
        replaced_at=None,
        base__in={line.base for line in lines},
        on__gte=min(line.on for line in lines),
        on__lte=max(line.on for line in lines),
    )
    return {(row.base, row.quote, row.on): row for row in rows}


def _replace(actor: Actor, lines: list[RateLine], old: list[ExchangeRate]) -> None:
    now = timezone.now()
    ExchangeRate.objects.filter(pk__in=[row.pk for row in old]).update(replaced_at=now)
    ExchangeRate.objects.bulk_create(
        ExchangeRate(
            base=line.base,
            quote=line.quote,
            on=line.on,
            value=line.value,
            source=line.source,
            recorded_at=now,
            recorded_by_id=actor.user_id,
        )
        for line in lines
    )


def type_rate(*, actor: Actor, cells: Sequence[str]) -> ImportedRates:
    """Store one rate typed by hand: date, from, to, rate, source; as ``record_rates``."""
    header = ["date", "from", "to", "rate", "source"]
    return record_rates(actor=actor, lines=rate_lines([header, list(cells)]), file="typed")


def import_rates(
    *, actor: Actor, content: bytes, name: str, base: str = "", source: str = ""
) -> ImportedRates:
    """Store the rates of the first sheet of a CSV or workbook, long or wide; as above.

    The layouts are those of ``rules.rate_lines``. Raises SourceProblem with the row for
    anything that is not plainly a rate; nothing is stored then.
    """
    actor.require("reference.edit")
    if len(content) > MAX_FILE_BYTES:
        raise SourceProblem(_("A list of rates has at most 5 MB."), code="too_large", file=name)
    spend_upload(actor=actor, size_bytes=len(content))
    tables = tables_of(content, name=name)
    rows = tables[0].rows if tables else []
    lines = rate_lines(
        [cells for _number, cells in rows],
        base=base.strip().upper(),
        source=source.strip(),
        file=name,
        first_row=rows[0][0] if rows else 1,
    )
    return record_rates(actor=actor, lines=lines, file=name)


def _name(row: ExchangeRate | RateLine) -> str:
    return f"{row.base}/{row.quote} {row.on}"
