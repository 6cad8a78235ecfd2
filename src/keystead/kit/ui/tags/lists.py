"""Small parts: code pill, tag, key-value list, tree, tabs, steps, pages."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.paginator import Page
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from keystead.kit.ui.markup import escaped, safe
from keystead.kit.ui.tags.registry import register


@dataclasses.dataclass(frozen=True)
class Tab:
    """One tab: ``url`` is loaded by htmx when the tab is first opened."""

    name: str
    label: str
    url: str = ""
    href: str = ""
    count: int | None = None


@dataclasses.dataclass(frozen=True)
class Step:
    """One step of a sequence: state is done, now, next or failed."""

    label: str
    state: str = "next"
    href: str = ""
    note: str = ""


@dataclasses.dataclass(frozen=True)
class Node:
    """One node of a tree."""

    label: str
    href: str = ""
    note: str = ""
    current: bool = False
    children: Sequence[Node] = ()


@register.simple_tag
def code(value: Any, title: str = "") -> SafeString:
    """``{% code "SKU-1042" %}``: a code pill."""
    return safe(f'<code class="pill" title="{escaped(title)}">{escaped(value)}</code>')


@register.simple_tag
def tag(label: Any, tone: str = "") -> SafeString:
    """``{% tag "posted" "good" %}``: a word with a tone (good, bad, warn, accent or plain)."""
    return safe(f'<span class="tag {escaped(tone)}">{escaped(label)}</span>')


@register.inclusion_tag("ui/parts/key_values.html")
def key_values(pairs: Iterable[tuple[Any, Any]]) -> dict[str, Any]:
    """``{% key_values pairs %}``: labels and values, for details."""
    return {"pairs": list(pairs)}


@register.inclusion_tag("ui/parts/tree.html")
def tree(nodes: Sequence[Node], label: str = "") -> dict[str, Any]:
    """``{% tree nodes %}``: nested nodes that open and close."""
    return {"nodes": nodes, "label": label or gettext("Tree"), "level": 1}


@register.inclusion_tag("ui/parts/tree_nodes.html")
def tree_nodes(nodes: Sequence[Node]) -> dict[str, Any]:
    """Draw the inside of a tree; used by ``tree`` itself."""
    return {"nodes": nodes}


@register.inclusion_tag("ui/parts/tabs.html")
def tabs(items: Sequence[Tab], current: str, label: str = "") -> dict[str, Any]:
    """``{% tabs items current %}``: tabs whose panels load when seen, with deep links."""
    return {"items": items, "current": current, "label": label or gettext("Sections")}


@register.inclusion_tag("ui/parts/steps.html")
def steps(items: Sequence[Step], label: str = "") -> dict[str, Any]:
    """``{% steps items %}``: where one is in a sequence."""
    return {"items": items, "label": label or gettext("Steps")}


@register.inclusion_tag("ui/parts/progress.html")
def progress(
    done: int, total: int, note: str = "", poll: str = "", state: str = ""
) -> dict[str, Any]:
    """``{% progress done total note poll=url %}``: a line that can be left and come back to.

    With ``poll`` it asks again each second; the answer is this line again, without ``poll``
    once the work is over.
    """
    return {
        "done": done,
        "total": total,
        "note": note,
        "poll": poll,
        "state": state,
        "percent": round(100 * done / total) if total else None,
    }


@register.inclusion_tag("ui/parts/pager.html", takes_context=True)
def pager(context: dict[str, Any], page: Page[Any], target: str = "") -> dict[str, Any]:
    """``{% pager page %}``: the pages of a Django ``Page``; keeps the other parameters."""
    request: HttpRequest | None = context.get("request")
    query = request.GET.copy() if request else None

    def link(number: int) -> str:
        if query is None:
            return f"?page={number}"
        query["page"] = str(number)
        return f"?{query.urlencode()}"

    return {
        "page": page,
        "target": target,
        "previous": link(page.previous_page_number()) if page.has_previous() else "",
        "following": link(page.next_page_number()) if page.has_next() else "",
    }
