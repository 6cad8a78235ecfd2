"""What a person decides about an import, one small form each."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from keystead.kernel.errors import Invalid, KeysteadError, NotFound
from keystead.kit import jobs
from keystead.kit.access import Actor, actor_of, policy
from keystead.ledger import queries, services
from keystead.ledger.services import desk
from keystead.ledger.services.desk import offering
from keystead.ledger.views import page
from keystead.ledger.views.desk import kept

NONE = page.NONE
FORMULA = re.compile(r"[*/+\-()]")


def _answer(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Show the page again: its moving part for htmx, the whole page otherwise."""
    if request.headers.get("HX-Request"):
        values = page.context(actor_of(request), batch_id)
        return render(request, "ledger/import_body.html", values)
    return redirect("ledger:import", batch_id)


def _doing(work: Callable[[HttpRequest, Actor, int], str | None]) -> Callable[..., HttpResponse]:
    """Run an intent and say what it did, or why it did not."""

    def view(request: HttpRequest, batch_id: int) -> HttpResponse:
        try:
            said = work(request, actor_of(request), batch_id)
        except NotFound:
            raise
        except KeysteadError as error:
            messages.error(request, f"{error.message} {error.hint}".strip())
        else:
            if said:
                messages.success(request, said)
        return _answer(request, batch_id)

    view.__doc__ = work.__doc__
    return policy("ledger.import")(require_POST(view))


def _place(request: HttpRequest, actor: Actor, batch_id: int) -> None:
    """Say what the file is and where it comes from."""
    desk.set_place(
        actor=actor,
        batch_id=batch_id,
        dataset=request.POST.get("dataset", ""),
        source=request.POST.get("source", ""),
    )


def _question(request: HttpRequest, actor: Actor, batch_id: int) -> None:
    """Answer an open question."""
    kind, value = request.POST.get("kind", ""), request.POST.get("value", "").strip()
    subject, name = request.POST.get("subject", ""), request.POST.get("field", "")
    typed = request.POST.get("typed", "").strip()
    if not value and not typed:
        raise Invalid(_("Choose an answer first."))
    who: dict[str, Any] = {"actor": actor, "batch_id": batch_id}
    if kind == "dataset":
        desk.set_place(**who, dataset=value)
    elif kind in {"encoding", "delimiter"}:
        desk.set_options(**who, options={kind: value})
    elif kind in {"decimal", "date_order"}:
        desk.set_options(**who, options={f"{kind}:{name}" if name else kind: value})
    elif kind == "currency":
        desk.set_mapping(**who, fields={"currency": {"constant": (typed or value).upper()}})
    elif kind == "mode":
        desk.decide(**who, mode=value)
    elif kind == "field":
        rule = {"constant": typed} if typed else {"column": value}
        desk.set_mapping(**who, fields={subject: rule})
    elif kind == "which":
        desk.set_mapping(**who, fields={subject: {"column": value} if value != NONE else {}})
    elif kind == "means":
        others = [one for one in request.POST.get("field", "").split() if one != value]
        rules = {one: {} for one in others} if value == NONE else {value: {"column": subject}}
        desk.set_mapping(**who, fields=rules)
    else:
        raise Invalid(_("This question is not open any more."))


def _column(request: HttpRequest, actor: Actor, batch_id: int) -> None:
    """Fill a field by another column, a value for the whole file, or a formula."""
    name, column = request.POST.get("field", ""), request.POST.get("column", "")
    typed = request.POST.get("typed", "").strip()
    rule: dict[str, str] = {}
    if typed:
        rule = {"formula" if FORMULA.search(typed) and " " in typed else "constant": typed}
    elif column:
        rule = {"column": column}
    desk.set_mapping(actor=actor, batch_id=batch_id, fields={name: rule})


def _rows(request: HttpRequest, actor: Actor, batch_id: int) -> None:
    """Decide about repeated lines and months that are there already."""
    desk.decide(
        actor=actor,
        batch_id=batch_id,
        repeats=request.POST.get("repeats"),
        mode=request.POST.get("mode"),
    )


def _total(request: HttpRequest, actor: Actor, batch_id: int) -> None:
    """Note what the sender says it sums to."""
    desk.assert_total(
        actor=actor,
        batch_id=batch_id,
        measure=request.POST.get("measure", "value"),
        expected=request.POST.get("expected", ""),
        currency=request.POST.get("currency", "").strip().upper(),
    )


def _match(request: HttpRequest, actor: Actor, batch_id: int) -> str | None:
    """Confirm what codes mean, reject their rows, or take an answer back."""
    kind, text = request.POST.get("kind", ""), request.POST.get("text", "")
    who: dict[str, Any] = {"actor": actor, "batch_id": batch_id, "kind": kind}
    if request.POST.get("answer") == "reject":
        desk.reject_matches(**who, texts=[text])
        return _("Their rows are rejected; they can be taken back.")
    code = request.POST.get("code", "").strip()
    target = int(request.POST.get("target") or 0) or (_by_code(actor, kind, code) if code else 0)
    if not target:
        raise Invalid(_("Choose what it means, or type its code."))
    desk.confirm_match(**who, text=text, target_id=target, shown=request.POST.get("shown", ""))
    return _("Remembered for this source.")


def _match_best(request: HttpRequest, actor: Actor, batch_id: int) -> str:
    """Confirm the best guess of all codes that have a clear one."""
    kind = request.POST.get("kind", "")
    source = queries.batch(actor, batch_id).source
    lines, _count = queries.code_lines(
        actor, batch_id, kind, states=("proposed", "unknown"), limit=500
    )
    found = offering.proposals_for(actor, source, kind, lines)
    clear = {
        text: (best[0].target_id, best[0].label)
        for text, best in found.items()
        if best and best[0].score >= 90 and (len(best) == 1 or best[0].score - best[1].score >= 5)
    }
    if not clear:
        raise Invalid(_("No guess is clear enough. Confirm them one by one."))
    desk.confirm_matches(actor=actor, batch_id=batch_id, kind=kind, targets=clear)
    return _("%(count)s best guesses confirmed.") % {"count": len(clear)}


def _by_code(actor: Actor, kind: str, code: str) -> int:
    return offering.target_by_code(actor, kind, code)


def _create(request: HttpRequest, actor: Actor, batch_id: int) -> str:
    """Create what the file names and nobody knows, in a job."""
    kind = request.POST.get("kind", "")
    offering.start_creating(actor=actor, batch_id=batch_id, kind=kind)
    return _("They are being created; the import goes on by itself.")


def _fix(request: HttpRequest, actor: Actor, batch_id: int) -> str:
    """Correct one cell; the file itself stays as it came."""
    desk.resolve_problem(
        actor=actor,
        batch_id=batch_id,
        sheet=request.POST.get("sheet", ""),
        row=int(request.POST.get("row") or 0),
        column=request.POST.get("column", ""),
        value=request.POST.get("value", ""),
    )
    return _("Corrected. The file itself stays as it came.")


def _reject(request: HttpRequest, actor: Actor, batch_id: int) -> None:
    """Reject one row, or take it back in."""
    desk.reject_rows(
        actor=actor,
        batch_id=batch_id,
        rows=[(request.POST.get("sheet", ""), int(request.POST.get("row") or 0))],
        reject=request.POST.get("answer") != "take_back",
    )


def _return(request: HttpRequest, actor: Actor, batch_id: int) -> str:
    """Take corrected rows back."""
    upload = request.FILES.get("file")
    if upload is None:
        raise Invalid(_("Choose the corrected file first."))
    with kept(upload) as path:
        desk.receive_rejects(
            actor=actor, batch_id=batch_id, content=path, name=upload.name or "rows.csv"
        )
    return _("The corrected rows are being read.")


def _drop(request: HttpRequest, actor: Actor, batch_id: int) -> str:
    """Take the file again with columns left out before anything is kept."""
    upload, columns = request.FILES.get("file"), request.POST.getlist("drop")
    if upload is None or not columns:
        raise Invalid(_("Send the same file again, and choose the columns to leave out."))
    with kept(upload) as path:
        desk.receive_again(actor=actor, batch_id=batch_id, content=path, drop=columns)
    return _("These columns are left out: %(columns)s.") % {"columns": ", ".join(columns)}


def _post(request: HttpRequest, actor: Actor, batch_id: int) -> None:
    """Let the worker post the batch, or release what waited."""
    offering.start_posting(
        actor=actor,
        batch_id=batch_id,
        digest=request.POST.get("digest", ""),
        release=request.POST.get("release") == "1",
    )


def _cancel(request: HttpRequest, actor: Actor, batch_id: int) -> str:
    """Give the import up before it counts."""
    view = queries.desk_of(actor, batch_id)
    if view.is_busy and view.job:
        jobs.cancel(view.job["id"])
    desk.cancel_batch(actor=actor, batch_id=batch_id)
    return _("Cancelled. Nothing of it counts.")


place, question, column = _doing(_place), _doing(_question), _doing(_column)
rows, total, match = _doing(_rows), _doing(_total), _doing(_match)
match_best, create, fix = _doing(_match_best), _doing(_create), _doing(_fix)
reject, give_back, drop = _doing(_reject), _doing(_return), _doing(_drop)
post, cancel = _doing(_post), _doing(_cancel)


@policy("ledger.undo")
@require_POST
def undo(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Undo a posted import: what it replaced counts again."""
    actor = actor_of(request)
    try:
        services.undo_batch(actor=actor, batch_id=batch_id, why=request.POST.get("why", ""))
    except NotFound:
        raise
    except KeysteadError as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
    else:
        messages.success(request, _("Undone. The figures are as they were."))
    return _answer(request, batch_id)


@policy("ledger.view")
def rejects(request: HttpRequest, batch_id: int, ending: str) -> HttpResponse:
    """Download the rows that do not count yet, with their reasons."""
    content = queries.rejects_file(actor_of(request), batch_id, f".{ending}")
    kinds = {
        "csv": "text/csv; charset=utf-8",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
    response = HttpResponse(content, content_type=kinds.get(ending, "application/octet-stream"))
    response["Content-Disposition"] = f'attachment; filename="import-{batch_id}-rows.{ending}"'
    return response
