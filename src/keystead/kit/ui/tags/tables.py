"""The data table: sorted, keyboard-walked, numbers right-aligned with one unit per column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from keystead.kit.ui import formats, marks
from keystead.kit.ui.markup import escaped, safe
from keystead.kit.ui.tables import Cell, Column, Row, Table, as_cell
from keystead.kit.ui.tags import figures, lists, numbers
from keystead.kit.ui.tags.registry import register


@register.simple_tag
def data_table(table: Table) -> SafeString:
    """``{% data_table table %}`` draws a ``kit.ui.tables.Table``.

    Put together here and not in a template: a page has hundreds of cells, and a template takes
    ten times as long for each.
    """
    rows = table.full_rows()
    most = {
        column.key: table.largest(column)
        for column in table.columns
        if column.kind in {"bar", "variance_bar"}
    }
    columns = [(column, _classes(column)) for column in table.columns]
    name = escaped(table.caption)
    own = f' id="{escaped(table.id)}"' if table.id else ""
    browser_sorts = " data-sort" if table.sortable and not table.sort_url else ""
    heads = "".join([_head(table, column) for column in table.columns])
    body = "".join([_line(row, columns, most) for row in rows])
    if not rows:
        empty = escaped(table.empty or gettext("Nothing to show yet."))
        body = f'<tr class="nothing"><td colspan="{len(columns)}">{empty}</td></tr>'
    return safe(
        f'<div class="table-wrap{" tall" if table.tall else ""}" data-scroll role="region" '
        f'aria-label="{name}">\n<table{own} class="data" data-grid{browser_sorts}>\n'
        f'<caption class="sr">{name}</caption>\n<thead><tr>{heads}</tr></thead>\n'
        f"<tbody>{body}</tbody></table></div>\n"
    )


@register.inclusion_tag("ui/parts/conflict.html")
def conflict(error: Any) -> dict[str, Any]:
    """``{% conflict error %}``: what both have written, side by side, where they differ."""
    data = getattr(error, "data", {})
    mine, theirs = data.get("mine") or {}, data.get("theirs") or {}
    rows = [
        {"field": name.replace("_", " "), "theirs": theirs.get(name), "mine": mine.get(name)}
        for name in {**theirs, **mine}
        if theirs.get(name) != mine.get(name)
    ]
    columns = [
        Column("field", gettext("Field")),
        Column("theirs", gettext("As it is now")),
        Column("mine", gettext("As you wrote it")),
    ]
    caption = gettext("What differs")
    return {"table": Table(columns, rows, caption, sortable=False) if rows else None}


def _classes(column: Column) -> str:
    hidden = f" hide-{escaped(column.hide)}" if column.hide else ""
    return f"{'num' if column.numeric else 'text'}{hidden}"


def _head(table: Table, column: Column) -> str:
    current = table.sort.lstrip("-") == column.key
    descending = table.sort.startswith("-")
    unit = column.unit
    if not unit and column.kind == "money" and column.currency:
        unit = money_unit(column.currency, column.scale)
    order = ("descending" if descending else "ascending") if current else ""
    return (
        f'<th scope="col" class="{_classes(column)}{" wide" if column.wide else ""}"'
        + (f' aria-sort="{order}"' if order else "")
        + f">{_sorter(table, column, current=current)}"
        + (f"<small>{escaped(unit)}</small>" if unit else "")
        + ("" if column.label else f'<span class="sr">{escaped(gettext("Chart"))}</span>')
        + "</th>"
    )


def _sorter(table: Table, column: Column, *, current: bool) -> str:
    """Return the label of a column, as what sorts by it where one can."""
    label = escaped(column.label)
    if not (table.sortable and column.sortable and column.label):
        return label
    if not table.sort_url:
        return f'<button type="button" class="bare">{label}</button>'
    first = f"-{column.key}" if column.numeric else column.key
    second = column.key if column.numeric else f"-{column.key}"
    link = escaped(f"{table.sort_url}{second if current and table.sort == first else first}")
    swap = (
        f' hx-get="{link}" hx-target="{escaped(table.sort_target)}" hx-push-url="true"'
        if table.sort_target
        else ""
    )
    return f'<a href="{link}"{swap}>{label}</a>'


def money_unit(currency: str, scale: int = 1) -> str:
    """Return the unit of a money column: "¥ thousand"."""
    return formats.scale_words("", currency, scale, locale=numbers.language())


def _line(row: Row, columns: Sequence[tuple[Column, str]], most: dict[str, Any]) -> str:
    cells = [_cell(row, column, classes, most) for column, classes in columns]
    if cells:
        cells[0] = f'<th scope="row"{cells[0]}</th>'
    own = f' id="{escaped(row.id)}"' if row.id else ""
    kinds = f"{'sum ' if row.total else ''}{'group ' if row.head else ''}"
    tone = f"{escaped(row.tone)} " if row.tone else ""
    head, *others = cells or [""]
    inner = "".join([f"<td{one}</td>" for one in others])
    return f'<tr{own} class="{kinds}{tone}level-{row.level}">{head}{inner}</tr>\n'


def _cell(row: Row, column: Column, classes: str, most: dict[str, Any]) -> str:
    """Return a cell without the name of its tag, which its place decides."""
    given = row.cells.get(column.key)
    cell = as_cell(given)
    html: SafeString | str
    if row.head and column.key not in row.cells:
        html = ""  # the head of a group has no figure there, which is no missing one
    elif column.kind == "figure":
        html = figures.figure(given) if given is not None else ""
    else:
        html = _linked(cell, column, most.get(column.key))
    tone = f" {escaped(cell.tone)}" if cell.tone and column.kind != "tag" else ""
    sort = _sort_key(cell.value)
    value = f' data-value="{escaped(sort)}"' if sort else ""
    title = f' title="{escaped(cell.title)}"' if cell.title else ""
    sub = f"<small>{escaped(cell.sub)}</small>" if cell.sub else ""
    if cell.phone:
        sub += f'<small class="on-phone">{escaped(cell.phone)}</small>'
    return f' class="{classes}{tone}"{value}{title}>{escaped(html)}{sub}'


def _sort_key(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int | float | Decimal):
        return str(value)
    if isinstance(value, list | tuple):
        return _sort_key(value[-1]) if value else ""
    return value.isoformat() if hasattr(value, "isoformat") else ""


def _linked(cell: Cell, column: Column, most: Any) -> SafeString | str:
    html = _drawn(cell, column, most)
    if cell.proof and not column.kind.startswith("variance"):
        return figures.proved(html, cell.proof)
    if cell.href:
        return safe(f'<a href="{escaped(cell.href)}">{escaped(html)}</a>')
    return html


def _drawn(cell: Cell, column: Column, most: Any) -> SafeString | str:
    value, kind = cell.value, column.kind
    if kind == "variance_bar":
        return marks.variance_bar(value, most, good_when_up=column.good != "down")
    if kind.startswith("variance"):
        return _variance(cell, column)
    draw = _MARKS.get(kind)
    if draw is not None:
        return draw(cell, column, most) if value or kind == "bar" else ""
    return plain_text(value, column)


def plain_text(value: Any, column: Column) -> str:
    """Return the text of a cell without its links (shown, and used by charts' tables)."""
    write = _WRITERS.get(column.kind)
    if write is not None:
        return write(value, column)
    return "" if value is None else str(value)


def _scaled(value: Any, column: Column) -> str:
    found = formats.decimal_of(value)
    if found is None:
        return formats.MISSING
    digits = column.digits
    if column.kind == "money" and digits is None:
        digits = 0
    return formats.number(found / column.scale, locale=numbers.language(), digits=digits)


_MARKS: dict[str, Callable[[Cell, Column, Any], SafeString]] = {
    "spark": lambda cell, column, _most: marks.spark(list(cell.value), label=column.label),
    "bar": lambda cell, _column, most: marks.bar(cell.value, most),
    "code": lambda cell, _column, _most: lists.code(cell.value),
    "tag": lambda cell, _column, _most: lists.tag(cell.value, cell.tone),
}
_WRITERS: dict[str, Callable[[Any, Column], str]] = {
    "percent": lambda value, column: numbers.percent(
        value, 1 if column.digits is None else column.digits
    ),
    "pct": lambda value, column: numbers.pct(value, 1 if column.digits is None else column.digits),
    "points": lambda value, _column: numbers.points(value),
    "money": _scaled,
    "number": _scaled,
    "date": lambda value, _column: numbers.day(value),
    "month": lambda value, _column: numbers.month(value),
    "moment": lambda value, _column: numbers.moment(value),
}


def _variance(cell: Cell, column: Column) -> SafeString | str:
    found = formats.decimal_of(cell.value)
    if found is None:
        return format_html('<span class="none">{}</span>', formats.MISSING)
    if column.kind == "variance_percent":
        text = numbers.percent(abs(found), 1 if column.digits is None else column.digits)
    elif column.kind == "variance_points":
        text = formats.number(abs(found) * 100, locale=numbers.language(), digits=1)
    else:
        text = formats.number(
            abs(found) / column.scale, locale=numbers.language(), digits=column.digits or 0
        )
    return figures.variance_text(found, text, good=column.good, proof=cell.proof)
