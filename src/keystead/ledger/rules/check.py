"""Turns the text of a file into facts, and says of every row where it stands and why."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from keystead.kernel.errors import Invalid
from keystead.ledger.rules import reading
from keystead.ledger.rules.duplicates import Repeats, same_key, same_lines
from keystead.ledger.rules.expression import compute, names_in
from keystead.ledger.rules.flags import Flags
from keystead.ledger.rules.matching import Known
from keystead.ledger.rules.pairs import Matched, match_rows, text_of
from keystead.ledger.rules.problems import kind_of
from keystead.ledger.types.desk import ColumnMap, ColumnRule, RowState
from keystead.ledger.types.fields import DatasetDef, Fallback, FieldDef

_MATCHED = {"account": ("account", "account_name"), "product": ("product", "product_name")}
_NAMES = frozenset({"account", "account_name", "product", "product_name"})


@dataclasses.dataclass(frozen=True)
class Lookups:
    """What the check has to know of accounts and products, and what people said before.

    ``account_currency``, ``product_unit``: by id, for rows whose file says neither.
    ``units``: folded name of a unit -> its code.
    """

    accounts: Known
    products: Known
    account_aliases: Mapping[str, int] = dataclasses.field(default_factory=dict)
    product_aliases: Mapping[str, int] = dataclasses.field(default_factory=dict)
    account_currency: Mapping[int, str] = dataclasses.field(default_factory=dict)
    product_unit: Mapping[int, str] = dataclasses.field(default_factory=dict)
    units: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Decisions:
    """What a person decided about rows. ``rejected``: (sheet, source row); the others are
    codes and names, as ``alias_text`` gives them, whose rows are to be rejected."""

    skip_repeats: bool = False
    rejected: frozenset[tuple[str, int]] = frozenset()
    rejected_accounts: frozenset[str] = frozenset()
    rejected_products: frozenset[str] = frozenset()


@dataclasses.dataclass(frozen=True)
class Checked:
    """The outcome of a check; every table has one row per data row, in file order.

    ``facts``: the dataset's stored columns (nulls where a row has trouble). ``state``: index of
    STATES per row. ``problems``: place (row position), kind, field, text.
    ``remarks``: kind, field, how often.
    """

    facts: pa.Table
    state: pa.Int8Array
    problems: pa.Table
    accounts: Matched | None
    products: Matched | None
    lines: Repeats
    keys: Repeats
    remarks: tuple[tuple[str, str, int], ...] = ()

    def rows(self, *states: RowState) -> pa.Table:
        """Return the facts of the rows in some states."""
        count = sum(self.count(state) for state in states)
        if count in (0, self.facts.num_rows):
            return self.facts.slice(0, count)
        wanted = pa.array([STATES.index(state) for state in states], pa.int8())
        return self.facts.filter(pc.is_in(self.state, value_set=wanted))

    def count(self, state: RowState) -> int:
        return int(pc.sum(pc.equal(self.state, STATES.index(state))).as_py() or 0)


STATES = (RowState.READY, RowState.WAITING, RowState.REJECTED, RowState.SKIPPED)


def check(
    dataset: DatasetDef,
    rows: pa.Table,
    columns: ColumnMap,
    lookups: Lookups,
    decisions: Decisions = Decisions(),
) -> Checked:
    """Return what becomes of each data row of a file.

    ``rows``: ``sheet`` (string), ``source_row`` (int64) and the file's columns by header, as
    text; "" and null are blank. A row is REJECTED when a cell that counts cannot be read,
    SKIPPED when it repeats a line and a person wants that skipped, WAITING when its account or
    product is not known, else READY. Wrong cells are listed with their text. No rows give
    empty tables. Raises Invalid when a formula cannot be computed.
    """
    with ThreadPoolExecutor(1) as beside:  # Arrow lets go of Python, so both cores work
        lines = beside.submit(same_lines, rows.drop_columns(["sheet", "source_row"]))
        return _check(_Work(dataset, rows, columns, lookups.units), lookups, decisions, lines)


def _check(
    work: _Work, lookups: Lookups, decisions: Decisions, repeats: Future[Repeats]
) -> Checked:
    dataset, rows = work.dataset, work.rows
    work.read()
    work.compute()
    accounts = work.match("account", lookups.accounts, lookups.account_aliases)
    trusted = None if accounts is None else pc.invert(_blank_account(work, accounts))
    products = work.match("product", lookups.products, lookups.product_aliases, trusted)
    work.fall_back(lookups, accounts, products)
    work.require(accounts)
    facts = work.facts(accounts, products)
    keys = same_key(dataset, _keyed(facts, dataset, work))
    lines = repeats.result()
    state = _states(work, accounts, products, lines, decisions, rows)
    _note_matches(work, accounts, products, state)
    problems, remarks = work.flags.table(), tuple(work.flags.remarks)
    return Checked(facts, state, problems, accounts, products, lines, keys, remarks)


class _Work:
    """The values of one file on their way, field by field."""

    def __init__(
        self,
        dataset: DatasetDef,
        rows: pa.Table,
        columns: ColumnMap,
        units: Mapping[str, str],
    ) -> None:
        self.dataset, self.rows, self.columns, self.units = dataset, rows, columns, units
        self.values: dict[str, pa.ChunkedArray] = {}
        self.flags = Flags(rows.num_rows)

    @property
    def length(self) -> int:
        return int(self.rows.num_rows)

    def read(self) -> None:
        """Read the fields that come from a column or a constant."""
        for field in self.dataset.fields:
            rule = self.columns.fields.get(field.name, ColumnRule())
            if rule.column:
                self.values[field.name] = self._column(field, self.rows[rule.column])
            elif rule.constant:
                self.values[field.name] = self._constant(field, rule.constant)

    def _column(self, field: FieldDef, text: pa.ChunkedArray) -> pa.ChunkedArray:
        found = reading.read(field, text, self.columns.options, self.units)
        self._list(found, field.name, text)
        return found.values

    def _list(self, found: reading.Reading, name: str, text: pa.ChunkedArray) -> None:
        for kind, mask in found.troubles:
            self.flags.add(kind, name, mask, text)
        for kind, count in found.remarks:
            self.flags.remark(kind, name, count)

    def _constant(self, field: FieldDef, text: str) -> pa.ChunkedArray:
        cell = pa.chunked_array([[text]])
        found = reading.read(field, cell, self.columns.options, self.units)
        if found.troubles or not found.values[0].is_valid:
            raise Invalid(
                f"“{text}” does not fit the field {field.name}.",
                code="constant",
                hint=kind_of(found.troubles[0][0]).fix if found.troubles else "",
                fields={field.name: text},
            )
        return pa.chunked_array([pa.repeat(found.values[0], self.length)])

    def compute(self) -> None:
        """Fill the fields that have a formula, those that others need first."""
        todo = {name: rule.formula for name, rule in self.columns.fields.items() if rule.formula}
        while todo:
            ready = [name for name in todo if not (set(names_in(todo[name])) & todo.keys())]
            if not ready:
                raise Invalid(
                    f"The formulas of {', '.join(todo)} need each other.", code="formula_circle"
                )
            for name in ready:
                formula = todo.pop(name)
                known = {part: self._number(part) for part in names_in(formula)}
                self.values[name] = compute(formula, known)

    def _number(self, name: str) -> pa.ChunkedArray:
        if name in self.values:
            return self.values[name]
        if name not in self.rows.column_names:
            raise Invalid(f"A formula needs {name}, which nothing fills.", code="formula_column")
        found = reading.number(self.rows[name], self.columns.options, name)
        self._list(found, name, self.rows[name])
        return found.values

    def match(
        self,
        kind: str,
        known: Known,
        aliases: Mapping[str, int],
        trusted: pa.BooleanArray | None = None,
    ) -> Matched | None:
        code, name = (self.values.get(part) for part in _MATCHED[kind])
        if code is None and name is None:
            return None
        return match_rows(code, name, known, aliases, trusted)

    def fall_back(
        self, lookups: Lookups, accounts: Matched | None, products: Matched | None
    ) -> None:
        """Fill blanks of required fields from what the dataset says."""
        for field in self.dataset.fields:
            if not field.fallback:
                continue
            filled = self._fallback(field, lookups, accounts, products)
            if filled is None:
                continue
            now = self.values.get(field.name)
            self.values[field.name] = (
                filled
                if now is None
                else pc.if_else(self._read(field, now), now.cast(filled.type), filled)
            )

    def _read(self, field: FieldDef, now: pa.ChunkedArray) -> pa.ChunkedArray:
        """A cell that could not be read is not blank: it must not be filled over."""
        wrong = self.flags.of(field.name)
        return pc.is_valid(now) if wrong is None else pc.or_(pc.is_valid(now), wrong)

    def _fallback(
        self,
        field: FieldDef,
        lookups: Lookups,
        accounts: Matched | None,
        products: Matched | None,
    ) -> pa.ChunkedArray | pa.Array | None:
        if field.fallback == Fallback.ACCOUNT_CURRENCY and accounts is not None:
            return _through(accounts, lookups.account_currency)
        if field.fallback == Fallback.PRODUCT_UNIT:
            units = None if products is None else _through(products, lookups.product_unit)
            each = pa.repeat(pa.scalar("each"), self.length)
            return each if units is None else pc.fill_null(units, "each")
        if field.fallback == Fallback.FIRST_CHOICE and field.choices:
            return pa.repeat(pa.scalar(field.choices[0].value), self.length)
        if field.fallback == Fallback.SIGN:
            return self._signs()
        return None

    def _signs(self) -> pa.ChunkedArray | pa.Array:
        below = None
        for name in ("quantity", "value"):
            column = self.values.get(name)
            if column is None:
                continue
            negative = pc.less(column, pa.scalar(Decimal(0), column.type))
            below = negative if below is None else pc.coalesce(below, negative)
        if below is None:
            return pa.repeat(pa.scalar(False), self.length)
        return pc.fill_null(below, False)

    def require(self, accounts: Matched | None) -> None:
        """List the rows in which a needed value is missing; keys are judged by matching."""
        for field in self.dataset.required:
            if field.name in _NAMES:
                continue
            values = self.values.get(field.name)
            blank = (
                pa.repeat(pa.scalar(True), self.length) if values is None else pc.is_null(values)
            )
            wrong = self.flags.of(field.name)
            if wrong is not None:
                blank = pc.and_(blank, pc.invert(wrong))
            if field.fallback == Fallback.ACCOUNT_CURRENCY and accounts is not None:
                # The account will say it, once it is known which account that is.
                blank = pc.and_(blank, pc.is_valid(accounts.target))
            rule = self.columns.fields.get(field.name, ColumnRule())
            text = self.rows[rule.column] if rule.column else None
            self.flags.add("missing", field.name, blank, text)

    def facts(self, accounts: Matched | None, products: Matched | None) -> pa.Table:
        """Return the stored columns, in the order of the dataset."""
        none = pa.nulls(self.length, pa.int64())
        date = self.values.get("date", pa.chunked_array([pa.nulls(self.length, pa.date32())]))
        columns: dict[str, pa.ChunkedArray | pa.Array] = {
            "sheet": self.rows["sheet"],
            "source_row": self.rows["source_row"],
            "account_id": none if accounts is None else accounts.target,
            "product_id": none if products is None else products.target,
            "date": date,
            "month": pc.cast(pc.floor_temporal(date, unit="month"), pa.date32()),
        }
        for field in self.dataset.fields:
            stored = field.stored_as
            if stored and stored not in columns and field.name in self.values:
                columns[stored] = self.values[field.name]
        return pa.table(columns)


def _through(found: Matched, table: Mapping[int, str]) -> pa.Array:
    """Return what a table says of the account or product of each row."""
    ids = [one.target_id for one in found.matches]
    texts = [None if pk is None else table.get(pk) or None for pk in ids]
    return pa.array(texts, pa.string()).take(found.place)


def _blank_account(work: _Work, accounts: Matched) -> pa.BooleanArray:
    blank = pa.array([not (one.code or one.name) for one in accounts.matches], pa.bool_())
    return blank.take(accounts.place)


def _keyed(facts: pa.Table, dataset: DatasetDef, work: _Work) -> pa.Table:
    """Return the facts with those fields of the duplicate key that are not stored."""
    for name in dataset.duplicate_key:
        stored = dataset.field(name).stored_as or name
        if stored not in facts.column_names and name in work.values:
            facts = facts.append_column(stored, work.values[name])
    return facts


def _states(
    work: _Work,
    accounts: Matched | None,
    products: Matched | None,
    lines: Repeats,
    decisions: Decisions,
    rows: pa.Table,
) -> pa.Int8Array:
    length = work.length
    waits = _waits(work.dataset, "account", accounts, length)
    lacks_product = _waits(work.dataset, "product", products, length)
    if waits is None or lacks_product is None:
        waits = waits if waits is not None else lacks_product
    else:
        waits = pc.or_(waits, lacks_product)
    state = pa.repeat(pa.scalar(STATES.index(RowState.READY), pa.int8()), length)
    if waits is not None:
        state = _where(waits, RowState.WAITING, state)
    stops = work.flags.stops()
    if stops is not None:
        state = _where(stops, RowState.REJECTED, state)
    for mask in _unwanted(rows, accounts, products, decisions):
        work.flags.add("person_rejected", "", mask, None)
        state = _where(mask, RowState.REJECTED, state)
    if decisions.skip_repeats and lines.rows:
        mask = _mask(lines.extra, length)
        state = _where(mask, RowState.SKIPPED, state)
    return state


def _unwanted(
    rows: pa.Table, accounts: Matched | None, products: Matched | None, decisions: Decisions
) -> Iterator[pa.BooleanArray]:
    """Yield the rows that a person took out, by row or by what they mean."""
    if decisions.rejected:
        yield _rows_in(rows, decisions.rejected)
    for found, texts in (
        (accounts, decisions.rejected_accounts),
        (products, decisions.rejected_products),
    ):
        if found is not None and texts:
            marks = [text_of(one, found.unclear) in texts for one in found.matches]
            yield pa.array(marks, pa.bool_()).take(found.place)


def _waits(
    dataset: DatasetDef, kind: str, found: Matched | None, length: int
) -> pa.BooleanArray | None:
    if not dataset.field(kind).required:
        return None
    if found is None:
        return pa.repeat(pa.scalar(True), length)
    return pc.is_null(found.target)


def _where(mask: pa.Array, state: RowState, other: pa.Int8Array) -> pa.Int8Array:
    found = pc.if_else(mask, pa.scalar(STATES.index(state), pa.int8()), other)
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


def _mask(places: pa.Int64Array, length: int) -> pa.BooleanArray:
    flags = [False] * length
    for place in places.to_pylist():
        flags[place] = True
    return pa.array(flags, pa.bool_())


def _rows_in(rows: pa.Table, wanted: frozenset[tuple[str, int]]) -> pa.BooleanArray:
    mask = None
    for sheet in {sheet for sheet, _ in wanted}:
        numbers = pa.array([row for name, row in wanted if name == sheet], pa.int64())
        here = pc.and_(
            pc.equal(rows["sheet"], sheet), pc.is_in(rows["source_row"], value_set=numbers)
        )
        mask = here if mask is None else pc.or_(mask, here)
    assert mask is not None  # noqa: S101 - the caller checked that something is wanted
    return mask.combine_chunks()


def _note_matches(
    work: _Work, accounts: Matched | None, products: Matched | None, state: pa.Int8Array
) -> None:
    """List the rows that wait, by reason; rejected and skipped rows have their own reason."""
    waiting = pc.equal(state, STATES.index(RowState.WAITING))
    for kind, found in (("account", accounts), ("product", products)):
        needed = work.dataset.field(kind).required
        if found is None:
            if needed:
                work.flags.add(f"no_{kind}", kind, waiting, None)
            continue
        if not needed:
            continue
        unknown = pc.and_(waiting, pc.is_null(found.target))
        bare = pa.array([not (one.code or one.name) for one in found.matches], pa.bool_())
        blank = bare.take(found.place)
        work.flags.add(f"no_{kind}", kind, pc.and_(unknown, blank), None)
        text = work.values.get(kind, work.values.get(f"{kind}_name"))
        work.flags.add(f"unknown_{kind}", kind, pc.and_(unknown, pc.invert(blank)), text)
