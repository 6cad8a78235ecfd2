"""Forms: a field with label, help and error; inline edit; the drop zone."""

from __future__ import annotations

from typing import Any

from django.forms import BaseForm, BoundField
from django.utils.translation import gettext

from keystead.kit.ui.tags.registry import register


@register.inclusion_tag("ui/parts/field.html")
def field(bound: BoundField, wide: bool = False, hide_label: bool = False) -> dict[str, Any]:
    """``{% field form.name %}``: label, control, help and errors, tied together for readers."""
    widget = bound.field.widget
    input_type = getattr(widget, "input_type", "")
    return {
        "bound": bound,
        "wide": wide,
        "hide_label": hide_label,
        "check": input_type == "checkbox" and not hasattr(widget, "choices"),
        "group": hasattr(widget, "choices") and input_type in {"radio", "checkbox"},
    }


@register.inclusion_tag("ui/parts/form_fields.html")
def form_fields(form: BaseForm) -> dict[str, Any]:
    """``{% form_fields form %}``: the form's own errors, then every visible field."""
    return {"form": form}


@register.inclusion_tag("ui/parts/inline_edit.html")
def inline_edit(
    value: str, url: str, name: str, label: str, kind: str = "text", version: int | None = None
) -> dict[str, Any]:
    """``{% inline_edit value url "name" "Label" %}``: a value that turns into a field in place.

    Not inside a paragraph: a form ends it. Posts ``name`` (and ``version``) to ``url`` and puts
    the answer in its place.
    """
    return {
        "value": value,
        "url": url,
        "name": name,
        "label": label,
        "kind": kind,
        "version": version,
    }


@register.inclusion_tag("ui/parts/drop_zone.html")
def drop_zone(
    name: str = "file", accept: str = "", hint: str = "", multiple: bool = False
) -> dict[str, Any]:
    """``{% drop_zone "file" accept=".csv,.xlsx" %}`` inside a form: drop, or choose by keyboard."""
    return {
        "name": name,
        "accept": accept,
        "multiple": multiple,
        "hint": hint or gettext("CSV, Excel, OpenDocument or Parquet"),
    }
