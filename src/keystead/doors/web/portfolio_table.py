"""The portfolio drawn: the table of the page, and the Excel file with numbers as numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from keystead.accounts.queries import label_of
from keystead.doors.web.measures import column_for, label_of_metric
from keystead.doors.web.portfolio import Line, Portfolio, Total, group_label
from keystead.kit.office import sheets
from keystead.kit.ui.tables import Cell, Column, Row, Table, figure_value
from keystead.metrics.types import Unit


def table_of(portfolio: Portfolio, lines: Sequence[Line], *, page: bool = True) -> Table:
    """Return the table of one page of lines, with its groups and the total of all.

    On other pages than the portfolio's own (``page`` False) it sorts in the browser.
    """
    choice = portfolio.choice
    parts = [portfolio.rows, *(total.figures for total in portfolio.totals)]
    parts += [portfolio.groups] if portfolio.groups else []
    columns = [
        Column("name", _("Account")),
        *([Column("segment", _("Segment"), hide="phone")] if page else []),
        *(column_for(metric, parts) for metric in portfolio.metrics),
        Column("trend", _("Sell-in, 12 months"), "spark", sortable=False, hide="phone"),
    ]
    rows = list(_rows(portfolio, lines))
    if portfolio.lines:
        rows += [_total_row(portfolio, total) for total in portfolio.totals]
    return Table(
        columns=columns,
        rows=rows,
        caption=_("Accounts with their figures"),
        id="portfolio-table",
        sort=choice.sort or (f"-{portfolio.metrics[0].id}" if portfolio.metrics else ""),
        sort_url=f"?{_with_end(choice.query(sort=''))}sort=" if page else "",
        sort_target="#portfolio",
        tall=page,
        empty=_("No account fits. Take a filter away."),
    )


def _with_end(query: str) -> str:
    return f"{query}&" if query else ""


def _rows(portfolio: Portfolio, lines: Sequence[Line]) -> Iterator[Row]:
    before: Any = object()
    grouped = portfolio.groups is not None
    for line in lines:
        if grouped and line.group != before:
            before = line.group
            yield _group_row(portfolio, before)
        figures = {
            metric.id: portfolio.rows.figure(metric.id, account=line.account.id)
            for metric in portfolio.metrics
        }
        account = line.account
        yield Row(
            {
                "name": Cell(
                    account.name,
                    href=reverse("web:account", args=[account.id]),
                    sub=f"{account.code}, {label_of(account.kind)}",
                ),
                "segment": account.segment,
                "trend": portfolio.trends.get(account.id, ()),
                **figures,
            },
            level=1 if grouped else 0,
        )


def _group_row(portfolio: Portfolio, key: Any) -> Row:
    cells: dict[str, Any] = {"name": group_label(portfolio, key)}
    if portfolio.groups is not None and key:
        dims = {portfolio.choice.group: key}
        for metric in portfolio.metrics:
            cells[metric.id] = portfolio.groups.figure(metric.id, **dims)
    return Row(cells, head=True)


def _total_row(portfolio: Portfolio, total: Total) -> Row:
    cells: dict[str, Any] = {
        metric.id: total.figures.figure(metric.id) for metric in portfolio.metrics
    }
    words = {"number": total.accounts, "currency": total.currency}
    if len(portfolio.totals) == 1:
        name = _("All %(number)s accounts")
    elif total.currency:
        name = ngettext("%(number)s account in %(currency)s", "%(number)s accounts in %(currency)s",
                        total.accounts)  # fmt: skip
    else:
        name = ngettext("%(number)s account without a currency",
                        "%(number)s accounts without a currency", total.accounts)  # fmt: skip
    cells["name"] = name % words
    return Row(cells, total=True)


def workbook_of(portfolio: Portfolio) -> bytes:
    """Return the whole portfolio as an Excel file: values with their units, and their proofs."""
    heads = [
        sheets.Column(_("Code"), width=14),
        sheets.Column(_("Account"), width=34),
        sheets.Column(_("Kind")),
        sheets.Column(_("Segment")),
        sheets.Column(_("Territory")),
        sheets.Column(_("Country")),
    ]
    if portfolio.groups is not None:
        heads.append(sheets.Column(_("Grouping"), width=24))
    proofs = [*heads[:2]]
    for metric in portfolio.metrics:
        label = label_of_metric(metric)
        kind: Any = {Unit.MONEY: "money", Unit.PERCENT: "percent"}.get(metric.unit, "number")
        heads.append(sheets.Column(label, kind=kind, width=16))
        if metric.unit in {Unit.MONEY, Unit.QUANTITY}:
            heads.append(sheets.Column(_("%(measure)s, unit") % {"measure": label}))
        proofs.append(sheets.Column(label, width=40))
    lines = [(line, _figures(portfolio, line)) for line in portfolio.lines]
    about = [
        (_("Period"), str(portfolio.period)),
        (_("As of ledger commit"), str(portfolio.rows.commit)),
        (_("Accounts"), str(len(portfolio.lines))),
        (_("Chosen"), portfolio.choice.query()),
    ]
    return sheets.workbook(
        [
            sheets.Sheet(_("Accounts"), heads, (_values(portfolio, *line) for line in lines)),
            sheets.Sheet(_("Proofs"), proofs, (_proofs(*line) for line in lines)),
            sheets.Sheet(
                _("About"),
                [
                    sheets.Column(_("What"), width=24),
                    sheets.Column(pgettext("fact", "Value"), width=60),
                ],
                about,
            ),
        ],
        title=_("Accounts with their figures"),
    )


def _figures(portfolio: Portfolio, line: Line) -> list[Any]:
    return [
        portfolio.rows.figure(metric.id, account=line.account.id) for metric in portfolio.metrics
    ]


def _values(portfolio: Portfolio, line: Line, figures: Sequence[Any]) -> list[Any]:
    one = line.account
    values: list[Any] = [one.code, one.name, label_of(one.kind), one.segment, one.territory,
                         one.country]  # fmt: skip
    if portfolio.groups is not None:
        values.append(group_label(portfolio, line.group))
    for figure in figures:
        value = figure_value(figure)
        values.append(float(value) if isinstance(value, Decimal) and not figure.currency else value)
        if figure.unit in {Unit.MONEY, Unit.QUANTITY}:
            values.append(figure.measure)
    return values


def _proofs(line: Line, figures: Sequence[Any]) -> list[Any]:
    return [line.account.code, line.account.name, *(figure.proof_id for figure in figures)]
