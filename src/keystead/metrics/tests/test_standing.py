"""What proof ids stand for: derived figures, kinds of other rooms, many at once, then and now."""

from __future__ import annotations

import doctest
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keystead.accounts import services as accounts
from keystead.kernel.errors import Invalid, NotFound
from keystead.kernel.standing import Standing, Worth
from keystead.kit import provers
from keystead.kit.access import SYSTEM, Actor
from keystead.ledger import services as ledger
from keystead.metrics.calc import derived
from keystead.metrics.calc.derived import derive, leaves, read_derived, worked_out
from keystead.metrics.queries import evaluate, parts_of, standing, standings
from keystead.metrics.tests import room
from keystead.metrics.tests.test_proof import _line, house
from keystead.metrics.tests.worlds import day

__all__ = ["house"]
D = Decimal
A, B = "sell_in.1~c1~2026-01-01~2026-12-31~a1~h000001", "score:7~total~h000002"


@pytest.mark.parametrize(("module", "examples"), [(derived, 3), (provers, 1)])
def test_the_examples_in_the_texts_hold(module, examples: int) -> None:
    assert doctest.testmod(module) == (0, examples)


def test_a_derived_id_says_how_and_of_what() -> None:
    whole = derive("growth", [derive("sum", [A, B]), A])
    found = read_derived(whole)
    assert (found.kind, found.ids) == ("growth", (derive("sum", [A, B]), A))
    assert leaves(whole) == (A, B)
    assert whole.isascii()
    assert not set(whole) & set("/?# &\"'<>")


@pytest.mark.parametrize(
    ("kind", "ids"),
    [("median", [A, B]), ("share", [A]), ("sum", []), ("sum", [A] * 61), ("sum", [A, ""]),
     ("sum", [A, "a b"]), ("sum", ["x" * 400] * 30)],
)  # fmt: skip
def test_what_cannot_be_derived_is_refused(kind: str, ids: list[str]) -> None:
    with pytest.raises(Invalid):
        derive(kind, ids)


def test_too_deep_is_refused_before_it_is_walked() -> None:
    nested = A
    for _step in range(6):
        nested = derive("sum", [nested])
    with pytest.raises(Invalid):
        derive("sum", [nested])
    with pytest.raises(NotFound):
        read_derived("sum(" * 500 + A + ")" * 500 + "~h000000")


@given(st.integers(0, 200), st.characters(min_codepoint=33, max_codepoint=126))
def test_a_touched_id_is_unknown(at: int, sign: str) -> None:
    whole = derive("difference", [A, derive("share", [A, B])])
    touched = whole[: at % len(whole)] + sign + whole[at % len(whole) + 1 :]
    if touched != whole:
        with pytest.raises(NotFound):
            read_derived(touched)


@pytest.mark.parametrize(
    ("kind", "parts", "wanted"),
    [
        ("sum", [("1.10", "CNY"), (None, "")], ("1.10", "CNY", "")),
        ("difference", [("5", "CNY"), ("7.25", "CNY")], ("-2.25", "CNY", "")),
        ("difference", [("5", "CNY"), ("7", "EUR")], (None, "", "mixed_currencies")),
        ("share", [("1", "CNY"), ("3", "CNY")], ("0.333333333333", "", "")),
        ("growth", [("90", "pack"), ("120", "pack")], ("-0.250000000000", "", "")),
        ("growth", [("90", "CNY"), ("0", "CNY")], (None, "", "zero_denominator")),
        ("share", [("90", "CNY"), (None, "")], (None, "", "no_data")),
        ("sum", [(None, ""), (None, "")], (None, "", "no_data")),
    ],
)
def test_the_arithmetic(kind: str, parts: list, wanted: tuple) -> None:
    found = worked_out(kind, [Worth(None if v is None else D(v), m) for v, m in parts])
    value = None if wanted[0] is None else D(wanted[0])
    assert (found.value, found.measure, found.note) == (value, *wanted[1:])


def test_a_part_that_is_empty_for_a_reason_leaves_no_sum() -> None:
    found = worked_out("sum", [Worth(D(1), "CNY"), Worth(None, "", "no_rate")])
    assert (found.value, found.note) == (None, "no_rate")


def test_names_of_kinds_are_checked_both_ways() -> None:
    made = provers.named("score", 7, "a-b", "")
    assert provers.parts_of(made, 3) == ("7", "a-b", "")
    for broken in (made[:-1] + "z", made.replace("7", "8"), "score:7", "score"):
        with pytest.raises(NotFound):
            provers.parts_of(broken, 3)
    for part in ("a b", "a~b", "a(b", "é"):
        with pytest.raises(Invalid):
            provers.named("score", part)


@pytest.fixture
def pencil(monkeypatch) -> None:
    """A kind of this test: pencils, all of which are the system's."""
    monkeypatch.setattr(provers, "_KINDS", dict(provers._KINDS))

    def prove(actor: Actor, ids: Sequence[str]) -> Mapping[str, Standing]:
        if not actor.system:
            return {}
        found = {}
        for one in ids:
            (number,) = provers.parts_of(one, 1)
            worth = Worth(D(number), "CNY")
            found[one] = Standing(proof_id=one, label="Pencil", then=worth, now=worth, unit="money")
        return found

    provers.register("pencil", prove, "Pencils")


@pytest.mark.django_db
def test_metric_derived_and_kind_answer_alike(house, pencil) -> None:
    sold = evaluate(
        actor=SYSTEM, metrics=["sell_in", "sell_in_units"], by=["account"], period="2026"
    )
    a = sold.figure("sell_in", account=house["a"])
    b = sold.figure("sell_in", account=house["b"])
    units = sold.figure("sell_in_units", account=house["a"])
    own = provers.named("pencil", 49)
    whole = derive("difference", [derive("sum", [a.proof_id, b.proof_id]), own])
    found = standings(actor=SYSTEM, proof_ids=[whole, a.proof_id, units.proof_id, own, "nothing"])
    assert set(found) == {whole, a.proof_id, units.proof_id, own}
    assert found[whole].then == Worth(D("1300.5"), "CNY")
    assert found[a.proof_id].then.value == a.value
    assert (found[units.proof_id].then.value, found[units.proof_id].then.measure) == (13, "pack")
    assert found[whole].account_ids == {house["a"], house["b"]}
    assert found[whole].commit == 1
    assert [part.label for part in parts_of(actor=SYSTEM, proof_id=whole)] == [
        "Sum of Sell-in", "Pencil",
    ]  # fmt: skip


@pytest.mark.django_db
def test_foreign_broken_and_unknown_are_missing_alike(house, pencil) -> None:
    sold = evaluate(actor=SYSTEM, metrics="sell_in", by=["account"], period="2026")
    a = sold.figure("sell_in", account=house["a"]).proof_id
    b = sold.figure("sell_in", account=house["b"]).proof_id
    mixed = derive("share", [a, b])
    ids = [
        b,
        mixed,
        provers.named("pencil", 1),
        "pencil:1",
        "goblin:1~h1",
        a[:-1] + "0",
        "sum()~h1",
    ]
    assert standings(actor=house["anna"], proof_ids=ids) == {}
    assert set(standings(actor=house["anna"], proof_ids=[a, b])) == {a}
    for one in ids:
        with pytest.raises(NotFound, match="no such proof"):
            standing(actor=house["anna"], proof_id=one)


@pytest.mark.django_db
def test_then_stays_and_now_moves_with_its_cause(house) -> None:
    by_product = evaluate(actor=house["anna"], metrics="sell_in", by=["product"], period="2026-01")
    year = evaluate(actor=house["anna"], metrics="sell_in", period="2026").figure("sell_in")
    p = by_product.figure("sell_in", product=house["p"])
    grew = derive("growth", [year.proof_id, p.proof_id])
    before = standings(actor=house["anna"], proof_ids=[p.proof_id, year.proof_id, grew])
    assert not any(one.moved for one in before.values())
    late = room.post(
        "sell_in", [_line(house["a"], house["q"], "2026-03-09", 1, "49.5")], source="crm"
    )
    found = standings(actor=house["anna"], proof_ids=[p.proof_id, year.proof_id, grew])
    assert not found[p.proof_id].moved
    assert (found[year.proof_id].then.value, found[year.proof_id].now.value) == (D("1250.5"), 1300)
    assert found[year.proof_id].because == found[grew].because == ("new",)
    assert (found[grew].then.value, found[grew].now.value) == (D("0.2505"), D("0.3"))
    ledger.undo_batch(actor=SYSTEM, batch_id=late.id)
    assert not standing(actor=house["anna"], proof_id=year.proof_id).moved
    alone = standing(actor=house["anna"], proof_id=year.proof_id, now=False)
    assert (alone.then.value, alone.now) == (D("1250.5"), None)


@pytest.mark.django_db
def test_many_figures_are_few_questions(house, django_assert_max_num_queries) -> None:
    found = evaluate(
        actor=house["anna"], metrics=["sell_in", "sell_in_units", "sell_in_growth"],
        by=["account", "month"], period="2026",
    )  # fmt: skip
    ids = [figure.proof_id for row in found.rows() for figure in row.values()
           if hasattr(figure, "proof_id")]  # fmt: skip
    assert len(ids) == 6
    with django_assert_max_num_queries(20):
        answers = standings(actor=house["anna"], proof_ids=ids)
    for row in found.rows():
        for name in ("sell_in", "sell_in_units", "sell_in_growth"):
            assert answers[row[name].proof_id].then.value == row[name].value


@pytest.mark.django_db
def test_the_page_and_the_answer_of_the_api(house, pencil, client_of) -> None:
    sold = evaluate(actor=SYSTEM, metrics="sell_in", by=["account"], period="2026")
    a = sold.figure("sell_in", account=house["a"]).proof_id
    b = sold.figure("sell_in", account=house["b"]).proof_id
    share = derive("share", [a, derive("sum", [a, b])])
    both = room.user("dora", "kam")
    for one in (house["a"], house["b"]):
        accounts.assign_team(
            actor=SYSTEM, account_id=one, user_id=both.user_id, role="member",
            valid_from=day("2020-01-01"),
        )  # fmt: skip
    page = client_of(both).get(f"/proof/{share}/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "Sell-in divided by Sum of Sell-in" in text
    assert "1,250.50" in text
    assert "92.7" in text
    body = client_of(both).get(f"/api/proof/{share}").json()
    assert body["then"]["value"] == "0.92663949611"
    assert [part["id"] for part in body["parts"]] == [a, derive("sum", [a, b])]
    for address in (f"/proof/{share}/", f"/api/proof/{share}", f"/proof/{share}/changes/"):
        assert client_of(house["ben"]).get(address).status_code == 404


def _cells(house: dict, *more: int) -> dict[tuple[str, int], str]:
    """The ids of some metrics for each product of an account, one without a row among them."""
    metrics = ("sell_in", "sell_in_units", "sell_in_growth", "returns")
    products = (house["p"], house["q"], room.product("R1", brand="Coa"), *more)
    found = evaluate(
        actor=house["anna"], metrics=metrics, by=["product"], period="2026",
        filters={"account": [house["a"]]},
    )  # fmt: skip
    return {
        (metric, product): found.figure(metric, product=product).proof_id
        for metric in metrics
        for product in products
    }


@pytest.mark.django_db
def test_many_products_are_one_question_with_the_answers_of_one_question_each(
    house, monkeypatch
) -> None:
    more = [room.product(code, brand="Coa") for code in ("S1", "T1", "U1", "V1")]
    lines = [_line(house["a"], one, when, one, 100 * one)
             for one in more for when in ("2026-03-05", "2025-03-05")]  # fmt: skip
    room.post("sell_in", lines, source="crm")
    ids = list(_cells(house, *more).values())
    module = sys.modules["keystead.metrics.queries.standing"]
    asked: list[int] = []
    real = module.answer
    monkeypatch.setattr(module, "answer", lambda ready: asked.append(1) or real(ready))
    together = standings(actor=house["anna"], proof_ids=ids)
    many = len(asked)
    monkeypatch.setattr(module, "_by_product", lambda _store, _asked: {})
    assert together == standings(actor=house["anna"], proof_ids=ids)
    assert many < len(asked) - many


@pytest.mark.django_db
def test_one_restated_row_changes_exactly_the_figures_that_hang_on_it(house) -> None:
    cells = _cells(house)
    whole = {
        metric: evaluate(actor=house["anna"], metrics=metric, period="2026").figure(metric).proof_id
        for metric in ("sell_in", "sell_in_units")
    }
    room.post("sell_in", [_line(house["a"], house["q"], "2026-02-05", 3, "251.50")])
    ids = [*cells.values(), *whole.values()]
    found = standings(actor=house["anna"], proof_ids=ids)
    moved = {one for one in ids if found[one].moved}
    assert moved == {cells["sell_in", house["q"]], whole["sell_in"]}
    assert {found[one].because for one in moved} == {("restated",)}
    assert {found[one].because for one in set(ids) - moved} == {()}
