"""Blocks with content of their own: section, note, filter bar, dialog; and the states."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from keystead.kit.ui.tags.registry import register


@register.simple_block_tag
def section(content: str, title: str, lede: str = "", id: str = "", level: int = 2) -> SafeString:
    """``{% section "message as headline" "what is shown, unit, period" %}…{% endsection %}``."""
    name = format_html(' id="{}"', id) if id else ""
    under = format_html("<p>{}</p>", lede) if lede else ""
    return format_html(
        '<section class="part"{}><header><h{}>{}</h{}>{}</header>{}</section>',
        name,
        level,
        title,
        level,
        under,
        content,
    )


@register.simple_block_tag
def note(content: str, title: str = "", tone: str = "") -> SafeString:
    """``{% note "Off the list" tone="hot" %}…{% endnote %}``: hot, soon, good or plain."""
    words = {"hot": gettext("Urgent"), "soon": gettext("Soon"), "good": gettext("Good")}
    spoken = format_html('<span class="sr">{}: </span>', words[tone]) if tone in words else ""
    head = format_html("<b>{}{}</b>", spoken, title) if title else spoken
    return format_html('<div class="note {}">{}<div>{}</div></div>', tone, head, content)


@register.simple_block_tag
def filter_bar(content: str, action: str = "", target: str = "", label: str = "") -> SafeString:
    """``{% filter_bar action="…" target="#rows" %}fields{% endfilter_bar %}``.

    Fields apply as they change; the address keeps them, so that a filtered page is a link.
    """
    live = (
        format_html(
            ' hx-get="{}" hx-target="{}" hx-trigger="change, input delay:250ms from:find '
            'input[type=search], submit" hx-push-url="true"',
            action,
            target,
        )
        if target
        else ""
    )
    return format_html(
        '<form class="filters" method="get" action="{}" role="search" aria-label="{}"{}>{}'
        '<noscript><button>{}</button></noscript></form>',
        action,
        label or gettext("Filter"),
        live,
        content,
        gettext("Apply"),
    )  # fmt: skip


@register.simple_block_tag
def dialog(content: str, id: str, title: str) -> SafeString:
    """``{% dialog "id" "Title" %}…{% enddialog %}``; ``data-opens="id"`` opens it."""
    return format_html(
        '<dialog class="dialog" id="{id}" aria-labelledby="{id}-title"><header>'
        '<h2 id="{id}-title">{title}</h2><button type="button" class="quiet" data-closes>{close}'
        "</button></header>{content}</dialog>",
        id=id,
        title=title,
        close=gettext("Close"),
        content=content,
    )


@register.inclusion_tag("ui/parts/state.html")
def state(
    kind: str, title: str = "", hint: str = "", url: str = "", action: str = ""
) -> dict[str, Any]:
    """``{% state "empty" "No files yet" "Drop…" url action %}``: empty, error, denied, loading."""
    titles = {
        "empty": gettext("Nothing here yet"),
        "error": gettext("This could not be shown"),
        "denied": gettext("Your role does not show this"),
        "loading": gettext("Loading…"),
    }
    hints = {
        "error": gettext("Try again. If it stays, tell your administrator what you did before."),
        "denied": gettext("Ask your administrator for a role that does."),
    }
    return {
        "kind": kind,
        "title": title or titles.get(kind, ""),
        "hint": hint or hints.get(kind, ""),
        "url": url,
        "action": action,
    }
