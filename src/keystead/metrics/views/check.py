"""Check a document: drop a file, and see how each of its figures stands."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from keystead.kernel.errors import Invalid, SourceProblem
from keystead.kit.access import actor_of, policy
from keystead.kit.office.place_words import place_words
from keystead.kit.ui.sheets import uploaded
from keystead.metrics.queries import check_document
from keystead.metrics.services import note_standings_view
from keystead.metrics.types.checking import CheckedFigure, CheckedFile, Verdict
from keystead.metrics.views.proof import CAUSES, worth_text

LARGEST = 50 * 1024 * 1024
SHOWN = 1000
WORDS = {
    Verdict.EQUAL: gettext_lazy("equal"),
    Verdict.CHANGED: gettext_lazy("changed since"),
    Verdict.EDITED: gettext_lazy("edited in the file"),
    Verdict.UNKNOWN: gettext_lazy("proof unknown"),
}
TONES = {Verdict.CHANGED: "warn", Verdict.EDITED: "bad", Verdict.UNKNOWN: "bad"}
ORDER = (Verdict.EDITED, Verdict.UNKNOWN, Verdict.CHANGED, Verdict.EQUAL)


class FileForm(forms.Form):
    """The document that is checked."""

    file = forms.FileField(
        label=gettext_lazy("Document"), help_text=gettext_lazy("PowerPoint, Excel or Word.")
    )


@policy("metrics.view")
def check(request: HttpRequest) -> HttpResponse:
    """Hold every figure of a document against its proof; the file is not kept."""
    actor = actor_of(request)
    sent = request.method == "POST"
    form = FileForm(request.POST, request.FILES) if sent else FileForm()
    context: dict[str, object] = {"form": form}
    status = 200
    if sent:
        try:
            content, name = uploaded(request, LARGEST)
            found = check_document(actor=actor, content=content, name=name)
            known = [one.standing for one in found.figures if one.standing is not None]
            note_standings_view(actor=actor, standings=known)
            context |= {"found": found, "headline": _headline(found), "rows": _rows(found)}
        except (Invalid, SourceProblem) as error:
            form.full_clean()
            form.errors.pop("file", None)
            form.add_error("file", f"{error.message} {error.hint}".strip())
            status = 422
    return render(request, "metrics/check.html", context, status=status)


def _headline(found: CheckedFile) -> str:
    total = len(found.figures)
    if not total:
        return _("This file carries no proofs: nothing in it can be checked.")
    if found.worst is Verdict.EQUAL:
        text = ngettext("Its %(count)s figure is as it was.",
                        "All %(count)s figures are as they were.", total)  # fmt: skip
        return text % {"count": total}
    parts = [f"{found.count(one)} {WORDS[one]}" for one in ORDER if found.count(one)]
    return _("%(count)s figures: %(parts)s") % {"count": total, "parts": ", ".join(parts)}


def _rows(found: CheckedFile) -> list[dict[str, object]]:
    """Return what is to be looked at first, then what is as it was."""
    ordered = sorted(found.figures, key=lambda one: ORDER.index(one.verdict))
    return [_row(one) for one in ordered[:SHOWN]]


def _row(one: CheckedFigure) -> dict[str, object]:
    standing = one.standing
    because = standing.because if standing and one.verdict is Verdict.CHANGED else ()
    return {
        "place": place_words(one.figure.place),
        "label": standing.label if standing else "",
        "text": one.figure.text or _("removed"),
        "then": worth_text(standing.then, standing.unit) if standing else "",
        "now": worth_text(standing.now, standing.unit) if standing and standing.now else "",
        "word": WORDS[one.verdict],
        "because": [CAUSES.get(cause, cause) for cause in because],
        "tone": TONES.get(one.verdict, ""),
        "proof": one.figure.proof if standing else "",
    }
