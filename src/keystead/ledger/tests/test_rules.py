"""Pure decisions of the import desk."""

from __future__ import annotations

import doctest
import json
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keystead.kernel.errors import Invalid
from keystead.ledger.rules import (
    content,
    distinct,
    duplicates,
    expression,
    fold,
    mapping,
    matching,
    problems,
    recognise,
    totals,
)
from keystead.ledger.rules.distinct import group_ids, repeated
from keystead.ledger.rules.matching import Known, Pair
from keystead.ledger.types import DATASETS, FieldType, dataset_def
from keystead.ledger.types.desk import ColumnMap, ColumnRule, Guess, How, MatchState

MODULES = (
    content, distinct, duplicates, expression, fold, mapping, matching, problems, recognise, totals,
)  # fmt: skip

RETAIL = {
    "InvoiceNo": ["536365", "C536379"],
    "StockCode": ["85123A", "71053"],
    "Description": ["WHITE HANGING HEART T-LIGHT HOLDER", ""],
    "Quantity": ["6", "-1"],
    "InvoiceDate": ["2010-12-01 08:26:00"],
    "UnitPrice": ["2.55", "27.5"],
    "CustomerID": ["17850.0", ""],
    "Country": ["United Kingdom"],
}
PHARMACY = {
    "购药时间": ["2018-01-01 星期五", "2018-02-29 星期一"],
    "社保卡号": ["C00001"],
    "商品编码": ["236701"],
    "商品名称": ["强力VC银翘片"],
    "销售数量": ["6"],
    "应收金额": ["82.8"],
    "实收金额": ["69"],
}
SHELF = {
    "update_time": ["2016/11/14"],
    "id": ["A18164178225"],
    "title": ["CHANDO/自然堂 雪域精粹纯粹滋润霜50g"],
    "price": ["139"],
    "sale_count": ["26719"],
    "comment_count": ["2704"],
    "店名": ["自然堂"],
}
FRENCH = {
    "Code client": ["C01"],
    "Nom du client": ["CHU de Lyon"],
    "Code article": ["J-01"],
    "Désignation": ["Revue A"],
    "Date de facture": ["31/01/2026"],
    "Qté facturée": ["3"],
    "Prix unitaire HT": ["1 234,50"],
    "Montant HT": ["3 703,50"],
    "Devise": ["EUR"],
    "N° facture": ["F2026-1"],
}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rsplit(".")[-1])
def test_the_examples_run(module: object) -> None:
    found = doctest.testmod(module)  # type: ignore[arg-type]
    assert found.failed == 0


class TestMapping:
    def test_invoice_lines_need_no_mapping_file(self) -> None:
        found = mapping.propose(dataset_def("sell_in"), RETAIL)
        assert {name: rule.as_dict() for name, rule in found.fields.items()} == {
            "doc_no": {"column": "InvoiceNo"},
            "product": {"column": "StockCode"},
            "product_name": {"column": "Description"},
            "quantity": {"column": "Quantity"},
            "date": {"column": "InvoiceDate"},
            "unit_price": {"column": "UnitPrice"},
            "account": {"column": "CustomerID"},
            "value": {"formula": "quantity * unit_price"},
        }

    def test_chinese_headers(self) -> None:
        found = mapping.propose(dataset_def("off_take"), PHARMACY, drop=["社保卡号"])
        columns = {name: rule.column for name, rule in found.fields.items()}
        assert columns["date"] == "购药时间"
        assert columns["product"] == "商品编码"
        assert columns["product_name"] == "商品名称"
        assert columns["quantity"] == "销售数量"
        assert columns["value"] in {"实收金额", "应收金额"}
        assert "社保卡号" not in columns.values()
        assert found.drop == ("社保卡号",)

    def test_shelf_prices(self) -> None:
        found = mapping.propose(dataset_def("shelf_price"), SHELF)
        columns = {name: rule.column for name, rule in found.fields.items()}
        assert columns["date"] == "update_time"
        assert columns["price"] == "price"
        assert columns["sales_count"] == "sale_count"
        assert columns["comment_count"] == "comment_count"
        assert "店名" in columns.values()

    def test_french_headers(self) -> None:
        found = mapping.propose(dataset_def("sell_in"), FRENCH)
        columns = {name: rule.column for name, rule in found.fields.items()}
        assert columns == {
            "account": "Code client",
            "account_name": "Nom du client",
            "product": "Code article",
            "product_name": "Désignation",
            "date": "Date de facture",
            "quantity": "Qté facturée",
            "unit_price": "Prix unitaire HT",
            "value": "Montant HT",
            "currency": "Devise",
            "doc_no": "N° facture",
        }

    def test_a_known_header_over_cells_of_another_type_is_not_taken(self) -> None:
        found = mapping.propose(dataset_def("sell_in"), {"Quantity": ["many", "few"]})
        assert "quantity" not in found.fields

    def test_full_width_and_blanks_do_not_matter(self) -> None:
        found = mapping.propose(dataset_def("sell_in"), {" Ｑｕａｎｔｉｔｙ　": ["1"]})
        assert found.fields["quantity"].how is How.HEADER

    def test_a_similar_header_is_marked_as_similar(self) -> None:
        found = mapping.propose(dataset_def("sell_in"), {"Quantitty": ["1"]})
        assert found.fields["quantity"].how is How.SIMILAR

    def test_what_the_source_used_last_time_wins(self) -> None:
        last = ColumnMap(
            "sell_in",
            {
                "value": ColumnRule(column="Amount 2"),
                "currency": ColumnRule(constant="CNY"),
                "date": ColumnRule(column="gone"),
            },
            options={"date_order": "dmy"},
        )
        found = mapping.propose(
            dataset_def("sell_in"),
            {"Amount": ["1"], "amount 2": ["2"], "Date": ["1/2/2026"]},
            remembered=last,
        )
        assert found.fields["value"] == ColumnRule(column="amount 2", how=How.REMEMBERED, score=100)
        assert found.fields["currency"].constant == "CNY"
        assert found.fields["date"].column == "Date"
        assert found.options == {"date_order": "dmy"}

    def test_a_mapping_file_reads_back_the_same(self) -> None:
        first = mapping.propose(dataset_def("sell_in"), RETAIL, drop=["Country"])
        written = json.loads(json.dumps(mapping.as_json(first)))
        again = mapping.read_map(written, "sell_in")
        assert mapping.as_json(again) == written

    @pytest.mark.parametrize(
        "raw",
        [
            {"fields": []},
            {"fields": {"date": 3}},
            {"fields": {"date": {"column": "a", "constant": "b"}}},
            {"drop": "x"},
        ],
    )
    def test_nonsense_is_refused(self, raw: dict[str, object]) -> None:
        with pytest.raises(Invalid):
            mapping.read_map(raw, "sell_in")

    @pytest.mark.parametrize(
        ("fields", "drop", "wrong"),
        [
            ({"date": ColumnRule(column="nowhere")}, (), "date"),
            ({"colour": ColumnRule(column="Quantity")}, (), "colour"),
            ({"date": ColumnRule(column="InvoiceDate")}, ("InvoiceDate",), "date"),
            ({"value": ColumnRule(formula="quantity * nothing")}, (), "value"),
            ({"value": ColumnRule(formula="2 * 3")}, (), "value"),
            ({"value": ColumnRule(formula="__import__('os')")}, (), "value"),
        ],
    )
    def test_a_map_that_cannot_be_carried_out_names_the_field(
        self, fields: dict[str, ColumnRule], drop: tuple[str, ...], wrong: str
    ) -> None:
        columns = ColumnMap("sell_in", fields, drop)
        with pytest.raises(Invalid) as caught:
            mapping.checked(dataset_def("sell_in"), columns, list(RETAIL))
        assert list(caught.value.data["fields"]) == [wrong]

    def test_fields_nothing_fills(self) -> None:
        columns = mapping.propose(dataset_def("off_take"), PHARMACY)
        assert [field.name for field in mapping.unfilled(dataset_def("off_take"), columns)] == [
            "account"
        ]


class TestRecognise:
    @pytest.mark.parametrize(
        ("samples", "dataset"), [(RETAIL, "sell_in"), (SHELF, "shelf_price"), (FRENCH, "sell_in")]
    )
    def test_the_first_guess(self, samples: dict[str, list[str]], dataset: str) -> None:
        assert recognise.recognise(DATASETS, samples)[0].dataset == dataset

    def test_the_name_of_the_file_helps(self) -> None:
        plain = recognise.recognise(DATASETS, PHARMACY)
        named = recognise.recognise(DATASETS, PHARMACY, ["pharmacy off-take 2018.xlsx"])
        before = {guess.dataset: guess.score for guess in plain}["off_take"]
        assert {guess.dataset: guess.score for guess in named}["off_take"] == before + 22

    def test_strange_columns_are_nothing(self) -> None:
        guesses = recognise.recognise(DATASETS, {"foo": ["a"], "bar": ["b"]})
        assert {guess.score for guess in guesses} == {0}
        assert recognise.clear(guesses) == ""

    def test_a_narrow_lead_is_not_clear(self) -> None:
        assert recognise.clear((Guess("a", 90), Guess("b", 85))) == ""
        assert recognise.clear(()) == ""


class TestExpression:
    def decimals(self, *numbers: str | None) -> pa.ChunkedArray:
        values = [None if text is None else Decimal(text) for text in numbers]
        return pa.chunked_array([pa.array(values, expression.RESULT)])

    def test_value_is_quantity_times_price(self) -> None:
        found = expression.compute(
            "quantity × unit_price",
            {
                "quantity": self.decimals("6", "-1", None),
                "unit_price": self.decimals("2.55", "27.5", "1"),
            },
        )
        assert found.to_pylist() == [Decimal("15.3000"), Decimal("-27.5000"), None]

    def test_half_a_ten_thousandth_goes_away_from_zero(self) -> None:
        found = expression.compute(
            "a * b", {"a": self.decimals("0.0150", "-0.0150"), "b": self.decimals("0.01", "0.01")}
        )
        assert found.to_pylist() == [Decimal("0.0002"), Decimal("-0.0002")]

    def test_division_by_zero_is_no_value(self) -> None:
        found = expression.compute(
            "a / b", {"a": self.decimals("1", "1"), "b": self.decimals("0", "4")}
        )
        assert found.to_pylist() == [None, Decimal("0.2500")]

    def test_columns_of_the_file_stand_in_brackets(self) -> None:
        found = expression.compute(
            "[应收金额] - [实收 金额] * 0.5",
            {"应收金额": self.decimals("10"), "实收 金额": self.decimals("4")},
        )
        assert found.to_pylist() == [Decimal("8.0000")]

    @pytest.mark.parametrize(
        "text",
        ["", "a +", "a ** b", "f(a)", "a.b", "a[0]", "'x' * a", "a if b else c", "lambda: 1",
         "True * a", "1e400 * a", "a" * 300, "(" * 150],
    )  # fmt: skip
    def test_anything_else_is_refused(self, text: str) -> None:
        with pytest.raises(Invalid):
            expression.compute(text, {"a": self.decimals("1"), "b": self.decimals("1")})

    def test_a_result_too_large_is_refused(self) -> None:
        big = self.decimals("99999999999999")
        with pytest.raises(Invalid) as caught:
            expression.compute("a * b", {"a": big, "b": big})
        assert caught.value.code == "formula_too_large"

    @given(st.decimals("-999999", "999999", places=4), st.decimals("-999999", "999999", places=4))
    def test_a_product_is_exact_to_four_places(self, left: Decimal, right: Decimal) -> None:
        found = expression.compute(
            "a * b", {"a": self.decimals(str(left)), "b": self.decimals(str(right))}
        )
        exact = (left * right).quantize(Decimal("0.0001"), rounding="ROUND_HALF_UP")
        assert found[0].as_py() == exact


class TestRepeats:
    def test_every_line_after_the_first_is_an_extra(self) -> None:
        table = pa.table({"a": ["1", "1", "2", "1", None, None], "b": ["x", "x", "x", "x", "", ""]})
        found = duplicates.same_lines(table)
        assert found.extra.to_pylist() == [1, 3, 5]
        assert found.groups == 2
        assert found.examples == ((0, 1, 3), (4, 5))

    def test_no_rows_and_no_columns(self) -> None:
        assert duplicates.same_lines(pa.table({})).rows == 0
        assert duplicates.same_lines(pa.table({"a": pa.array([], pa.string())})).rows == 0

    def test_the_key_of_the_dataset(self) -> None:
        clean = pa.table(
            {
                "account_id": [1, 1, 1],
                "product_id": [7, 7, 7],
                "date": ["2026-01-31"] * 3,
                "quantity": [5, 6, 5],
            }
        )
        found = duplicates.same_key(dataset_def("stock"), clean)
        assert found.extra.to_pylist() == [1, 2]

    @given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["x", "y", None]))))
    def test_it_agrees_with_counting(self, rows: list[tuple[str, str | None]]) -> None:
        table = pa.table(
            {
                "a": pa.array([row[0] for row in rows], pa.string()),
                "b": pa.array([row[1] for row in rows], pa.string()),
            }
        )
        seen: set[tuple[str, str | None]] = set()
        extra = []
        for place, row in enumerate(rows):
            if row in seen:
                extra.append(place)
            seen.add(row)
        assert duplicates.same_lines(table).extra.to_pylist() == extra


class TestMatching:
    keys = [
        (1, "sku", "A-1", ""),
        (1, "name", "Aspirin 500", ""),
        (2, "sku", "A-2", ""),
        (2, "name", "Zinc oxide cream", ""),
        (3, "customer_code", "77", "wholesaler"),
        (4, "customer_code", "77", "pharmacy"),
        (5, "name", "Twin", ""),
        (6, "name", "Twin", ""),
    ]
    labels = {1: "A-1 Aspirin 500", 2: "A-2 Zinc oxide cream"}

    def state(self, code: str, name: str, **aliases: int) -> tuple[MatchState, int | None]:
        known = Known(self.keys, self.labels, "pharmacy")
        found = matching.match([Pair(code, name, 1)], known, aliases)[0]
        return found.state, found.target_id

    def test_a_code_matches_exactly(self) -> None:
        assert self.state(" a-1", "whatever") == (MatchState.MATCHED, 1)
        assert self.state("A1", "") == (MatchState.UNKNOWN, None)

    def test_a_number_of_another_source_means_nothing_here(self) -> None:
        assert self.state("77", "") == (MatchState.MATCHED, 4)

    def test_a_name_alone_matches_exactly_when_one_thing_has_it(self) -> None:
        assert self.state("", "ASPIRIN  500") == (MatchState.MATCHED, 1)
        assert self.state("", "Twin") == (MatchState.AMBIGUOUS, None)

    def test_a_known_name_under_an_unknown_code_is_only_proposed(self) -> None:
        assert self.state("X9", "Aspirin 500") == (MatchState.PROPOSED, None)

    def test_blank(self) -> None:
        assert self.state("", "  ") == (MatchState.BLANK, None)
        assert self.state("", "", blank=2) == (MatchState.ALIAS, 2)

    def test_what_a_person_said_wins(self) -> None:
        assert self.state("A-1", "x", **{"c:A-1": 2}) == (MatchState.ALIAS, 2)

    def test_an_unclear_code_is_asked_unless_the_name_settles_it(self) -> None:
        pairs = [
            Pair("A-1", "Aspirin 500", 9),
            Pair("A-1", "Zinc oxide cream", 2),
            Pair("A-2", "Zinc oxide cream", 5),
        ]
        unclear = matching.unclear_codes(pairs)
        known = Known(self.keys, self.labels)
        found = matching.match(pairs, known, {}, unclear)
        assert [(one.state, one.target_id) for one in found] == [
            (MatchState.MATCHED, 1),
            (MatchState.AMBIGUOUS, None),
            (MatchState.MATCHED, 2),
        ]

    def test_a_renamed_product_and_a_remark_stay_clear(self) -> None:
        pairs = [
            Pair("1", "RED LAMP", 9), Pair("1", "RED LAMP LARGE", 4), Pair("2", "BLUE LAMP", 3),
            Pair("2", "check", 1), Pair("3", "MUG", 1),
        ]  # fmt: skip
        assert matching.unclear_codes(pairs) == {}

    def test_proposals_come_best_first(self) -> None:
        known = Known(self.keys, self.labels)
        found = known.proposals("", "zinc oxyde creme")
        assert found[0].target_id == 2
        assert 70 <= found[0].score < 100
        assert known.proposals("", "entirely different thing") == ()


class TestTotals:
    def table(self) -> pa.Table:
        return pa.table(
            {
                "month": ["2026-01", "2026-01", "2026-02"],
                "currency": ["CNY", "EUR", "CNY"],
                "value": pa.array([Decimal("1.10"), Decimal("5"), None], pa.decimal128(18, 4)),
            }
        ).set_column(
            0,
            "month",
            pa.array(["2026-01-01", "2026-01-01", "2026-02-01"]).cast(pa.date32()),
        )

    def test_by_month_and_currency(self) -> None:
        found = totals.control_totals(self.table(), ["quantity", "value"])
        assert [(one.month, one.currency, one.value, one.rows) for one in found] == [
            ("2026-01-01", "CNY", Decimal("1.1000"), 1),
            ("2026-01-01", "EUR", Decimal("5.0000"), 1),
            ("2026-02-01", "CNY", Decimal("0"), 1),
        ]

    def test_a_column_that_came_as_a_dictionary_is_sorted_like_text(self) -> None:
        plain = self.table()
        coded = plain.set_column(1, "currency", plain["currency"].dictionary_encode())
        assert totals.control_totals(coded, ["value"]) == totals.control_totals(plain, ["value"])

    def test_the_sender_says(self) -> None:
        found = totals.control_totals(self.table(), ["value"])
        right = totals.judge(totals.Assertion("value", Decimal("1.1"), "CNY"), found)
        wrong = totals.judge(totals.Assertion("value", Decimal("1.2"), "CNY"), found)
        assert right.holds
        assert not wrong.holds
        assert wrong.difference == Decimal("-0.1000")

    def test_two_currencies_are_never_added(self) -> None:
        found = totals.control_totals(self.table(), ["value"])
        with pytest.raises(Invalid):
            totals.judge(totals.Assertion("value", Decimal("6.1")), found)


def test_each_kind_of_problem_has_its_own_id() -> None:
    ids = [kind.id for kind in problems.KINDS]
    assert len(ids) == len(set(ids))


def test_likeness_of_an_excel_serial() -> None:
    assert content.likeness(["43101"], FieldType.DATE) == 1.0
    assert content.likeness(["17850"], FieldType.DATE) == 0.0


@pytest.mark.parametrize("kind", [pa.decimal128(18, 4), pa.decimal128(38, 4)])
def test_equal_amounts_are_equal_and_blank_is_a_value_of_its_own(kind: pa.DataType) -> None:
    amounts = [Decimal("-1.5"), None, Decimal(0), Decimal("-1.5"), None, Decimal("9e13")]
    ids, count = group_ids([pa.chunked_array([pa.array(amounts, kind)])])
    assert (ids.to_pylist(), count) == ([0, 1, 2, 0, 1, 3], 4)
    sliced = pa.chunked_array([pa.array(amounts, kind).slice(2)])
    assert group_ids([sliced])[0].to_pylist() == [0, 1, 2, 3]


def test_repeats_are_found_where_codes_of_the_columns_overflow_one_number() -> None:
    rows = 3_000
    wide = [
        pa.chunked_array([[(row * 7_919 + at) % rows * 10**11 for row in range(rows)] * 2])
        for at in range(7)
    ]
    positions, groups = repeated(wide)
    assert positions.to_pylist() == list(range(2 * rows))
    assert groups.to_pylist() == [*range(rows), *range(rows)]
    one = [*wide[:-1], pa.chunked_array([list(range(rows)), [0, *range(rows, 2 * rows - 1)]])]
    assert repeated(one)[0].to_pylist() == [0, rows]
