"""The chart: a drawing made in the browser, and always the table of the same numbers."""

from __future__ import annotations

import json
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from keystead.kit.ui.charts import Chart
from keystead.kit.ui.tags.figures import proof_url
from keystead.kit.ui.tags.registry import register

ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@register.inclusion_tag("ui/parts/chart.html")
def chart(chart: Chart) -> dict[str, Any]:
    """``{% chart chart %}`` draws a ``kit.ui.charts.Chart`` with "show table" below it."""
    return {"chart": chart, "payload": _payload(chart)}


def _payload(chart: Chart) -> SafeString:
    body = {"kind": chart.kind, "height": chart.height, "unit": chart.unit, **chart.data}
    for row in [*body.get("series", []), body]:
        if isinstance(row, dict) and any(row.get("proofs") or ()):
            row["links"] = [proof_url(proof) for proof in row["proofs"]]
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":")).translate(ESCAPES)
    return format_html(
        '<script type="application/json" data-chart-data>{}</script>',
        mark_safe(text),  # noqa: S308  escaped just above, as Django's json_script does # nosec B308 B703
    )
