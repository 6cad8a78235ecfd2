"""What pages that send and take workbooks share."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from keystead.kernel.errors import Invalid
from keystead.kit.access import actor_of
from keystead.kit.office.bulk import BulkReport
from keystead.kit.quota import spend_upload
from keystead.kit.ui.tables import Cell, Column, Row, Table

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 500


def download(content: bytes, name: str, kind: str) -> HttpResponse:
    """Return a file to save under a name."""
    response = HttpResponse(content, content_type=kind)
    name = "".join(sign for sign in name if sign.isprintable())
    plain = name.encode("ascii", "replace").decode().replace('"', "_")
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    )
    return response


def uploaded(request: HttpRequest, largest: int) -> tuple[bytes, str]:
    """Return the bytes and name of the one file that was sent; raises Invalid otherwise."""
    file = request.FILES.get("file")
    if file is None:
        raise Invalid(_("Choose a file first."), code="file_missing", field="file")
    if (file.size or 0) > largest:
        text = _("The file is larger than %(size)s MB.") % {"size": largest // 1024 // 1024}
        raise Invalid(text, code="file_large", field="file")
    spend_upload(actor=actor_of(request), size_bytes=file.size or 0)
    return file.read(), file.name or "upload"


def problem_table(report: BulkReport) -> Table:
    """Return the problems of a bulk import, each with its cell."""
    columns = [
        Column("place", _("Cell"), "code"),
        Column("field", _("Column")),
        Column("value", _("There is")),
        Column("problem", _("Problem"), wide=True),
    ]
    rows = [
        Row(
            {
                "place": item.place,
                "field": item.header,
                "value": item.value,
                "problem": Cell(item.message, sub=item.hint),
            }
        )
        for item in report.problems[:SHOWN]
    ]
    return Table(columns, rows, caption=_("Problems"), sortable=False)
