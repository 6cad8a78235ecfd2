"""The workbook: sent out, sent back, and what both sides changed put side by side."""

from __future__ import annotations

import base64
import dataclasses
import zlib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from keystead.forecasting.queries import cycle_for
from keystead.forecasting.queries.grid import own_layer
from keystead.forecasting.queries.node import label_of
from keystead.forecasting.queries.periods import period_words
from keystead.forecasting.queries.words import LAYERS, TYPED_REASONS
from keystead.forecasting.queries.workbook import forecast_book
from keystead.forecasting.queries.workbook_reading import read_book
from keystead.forecasting.services.merging import Compared, compare_book, merge_book
from keystead.forecasting.types.cycle import Cycle, Key, Node, Reason
from keystead.forecasting.types.rhythm import Rhythm
from keystead.forecasting.types.workbook import BookRead, BookRow, BookStamp
from keystead.kernel.errors import Invalid, KeysteadError
from keystead.kit.access import Actor, actor_of, policy
from keystead.kit.ui.sheets import EXCEL, download, uploaded
from keystead.kit.ui.tables import Cell, Column, Row, Table

LARGEST = 20 * 1024 * 1024
SALT = "keystead.forecast.workbook"
KEPT_SECONDS = 24 * 3600
SHOWN = 200


@require_GET
@policy("forecasting.edit")
def book(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """Send the workbook of a cycle out."""
    actor = actor_of(request)
    cycle = cycle_for(actor, cycle_id)
    layer, writes = own_layer(actor, request.GET.get("layer", ""))
    try:
        content = forecast_book(actor, cycle_id, layer=layer if writes else None)
    except KeysteadError as error:
        messages.error(request, f"{_(error.message)} {_(error.hint)}")
        return redirect("forecasting:grid", cycle_id)
    day = timezone.localdate().isoformat()
    return download(content, f"{_('forecast')}-{cycle.name}-{day}.xlsx", EXCEL)


@policy("forecasting.edit")
def book_return(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """Take a workbook back: what it changes, what is wrong, what both sides changed; then write."""
    actor = actor_of(request)
    cycle = cycle_for(actor, cycle_id)
    context: dict[str, Any] = {"cycle": cycle, "reasons": _reasons(request)}
    if request.method != "POST":
        return render(request, "forecasting/book.html", context)
    try:
        read, packed = _given(request, actor)
        found = compare_book(actor=actor, book=read, cycle_id=cycle.id)
        context |= _shown(read, found, packed, cycle.rhythm)
        if request.POST.get("step") == "merge":
            return _merged(request, actor, cycle, read, found)
    except KeysteadError as error:
        problems = error.data.get("problems")
        context |= {"error": error, "problems": _problems(problems) if problems else None,
                    "problem_count": len(problems or ())}  # fmt: skip
        return render(request, "forecasting/book.html", context, status=422)
    return render(request, "forecasting/book.html", context)


def _merged(
    request: HttpRequest, actor: Actor, cycle: Cycle, read: BookRead, found: Compared
) -> HttpResponse:
    reason = request.POST.get("reason", "")
    if reason not in {one.value for one in Reason}:
        text = _("Choose a reason for the lines that give none.")
        raise Invalid(text, code="reason", hint="")
    choices: dict[tuple[Key, date], Decimal | None] = {}
    for at, one in enumerate(found.merged.conflicts):
        side = request.POST.get(f"c{at}", "")
        # The value that was on the page: if it moved since, the question is asked again.
        if request.POST.get(f"was{at}", "") != str(one.ours):
            continue
        if side in ("ours", "theirs"):
            choices[one.key] = one.theirs if side == "theirs" else None
    taken = merge_book(
        actor=actor, book=read, cycle_id=cycle.id, reason=Reason(reason),
        note=request.POST.get("note", "")[:400], choices=choices,
        far_too=request.POST.get("far") == "1",
    )  # fmt: skip
    said = ngettext("%(count)s cell taken over.", "%(count)s cells taken over.", taken.cells)
    messages.success(request, said % {"count": taken.cells})
    return redirect("forecasting:grid", cycle.id)


def _given(request: HttpRequest, actor: Actor) -> tuple[BookRead, str]:
    """The workbook of this request: an upload, or what was read of it a step before."""
    packed = request.POST.get("packed", "")
    if packed and "file" not in request.FILES:
        return _unpacked(packed, actor), packed
    content, name = uploaded(request, LARGEST)
    read = read_book(content, name=name)
    return read, "" if read.problems else _packed(read, actor)


def _packed(read: BookRead, actor: Actor) -> str:
    rows = "\n".join(
        "\t".join([str(one.number), str(one.account_id), str(one.product_id), one.reason,
                   one.note.replace("\t", " ").replace("\n", " "), *map(str, one.amounts)])
        for one in read.rows
    )  # fmt: skip
    stamp = dataclasses.asdict(read.stamp) if read.stamp else {}
    held = {
        "name": read.name, "sha256": read.sha256, "stamp": stamp, "user": actor.user_id,
        "periods": [one.isoformat() for one in read.periods],
        "rows": base64.b85encode(zlib.compress(rows.encode(), 9)).decode(),
    }  # fmt: skip
    return signing.dumps(held, salt=SALT)


def _unpacked(packed: str, actor: Actor) -> BookRead:
    again = _("Send the workbook again; what was read of it is no longer there.")
    try:
        held: Mapping[str, Any] = signing.loads(packed, salt=SALT, max_age=KEPT_SECONDS)
    except signing.BadSignature as error:
        raise Invalid(again, code="book_stale") from error
    if held["user"] != actor.user_id:
        raise Invalid(again, code="book_stale")
    rows = []
    for line in zlib.decompress(base64.b85decode(held["rows"])).decode().split("\n"):
        number, account, product, reason, note, *amounts = line.split("\t")
        kept = tuple(Decimal(one) for one in amounts)
        rows.append(BookRow(int(number), int(account), int(product), kept, reason, note))
    periods = tuple(date.fromisoformat(one) for one in held["periods"])
    stamp = BookStamp(**held["stamp"])
    return BookRead(held["name"], held["sha256"], stamp, periods, tuple(rows), ())


def _reasons(request: HttpRequest) -> list[tuple[str, Any, bool]]:
    chosen = request.POST.get("reason", "")
    return [(one.value, word, one.value == chosen) for one, word in TYPED_REASONS.items()]


def _shown(read: BookRead, found: Compared, packed: str, rhythm: Rhythm) -> dict[str, Any]:
    merged = found.merged
    rows = [
        Row({"line": label_of(Node(key.account_id, key.product_id)),
             "month": period_words(rhythm, month),
             "now": one.now, "then": one.becomes, "change": Cell(
                 one.becomes - one.now, tone="warn" if one.far else "")})
        for one in sorted(merged.changes, key=lambda one: not one.far)[:SHOWN]
        for key, month in [one.key]
    ]  # fmt: skip
    columns = [
        Column("line", _("Line of the forecast")),
        Column("month", _("Week") if rhythm is Rhythm.WEEK else _("Month")),
        Column("now", _("Now"), "number"), Column("then", _("In the workbook"), "number"),
        Column("change", _("Change"), "number"),
    ]  # fmt: skip
    conflicts = [
        {"at": at, "label": label_of(Node(one.key[0].account_id, one.key[0].product_id)),
         "month": period_words(rhythm, one.key[1]), "base": one.base, "theirs": one.theirs,
         "ours": one.ours,
         "was": str(one.ours)}
        for at, one in enumerate(merged.conflicts)
    ]  # fmt: skip
    return {
        "by_week": rhythm is Rhythm.WEEK, "read": read, "packed": packed,
        "layer_name": LAYERS[found.layer],
        "changes": Table(columns, rows, _("What the workbook changes"),
                         empty=_("The workbook changes nothing here.")),
        "change_count": len(merged.changes), "far": sum(one.far for one in merged.changes),
         "hidden": max(len(merged.changes) - SHOWN, 0),
        "conflicts": conflicts, "kept": len(merged.kept), "same": len(merged.same),
        "closed": len(merged.closed), "ready": bool(merged.changes or merged.conflicts),
    }  # fmt: skip


def _problems(problems: Any) -> Table:
    columns = [
        Column("place", _("Cell"), "code"), Column("there", _("There is")),
        Column("text", _("Problem")), Column("hint", _("What to do")),
    ]  # fmt: skip
    rows = [
        Row({"place": one.place, "there": one.there, "text": one.text, "hint": one.hint})
        for one in problems[:SHOWN]
    ]
    return Table(columns, rows, _("Cells to mend"), sortable=False)
