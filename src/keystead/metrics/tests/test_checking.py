"""A document is held against its proofs: equal, changed, edited, unknown, and nothing else."""

from __future__ import annotations

import doctest
import json
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from pptx import Presentation

from keystead.kernel.standing import Standing, Worth
from keystead.kit.access import SYSTEM
from keystead.kit.office.carried import carried
from keystead.kit.office.pptx import presentation
from keystead.kit.office.slides import (
    Chart,
    Deck,
    Facts,
    Line,
    Lines,
    Series,
    Shown,
    Slide,
    Table,
    TableColumn,
)
from keystead.kit.testing.page import text_of
from keystead.ledger import services as ledger
from keystead.metrics.calc import checking
from keystead.metrics.calc.derived import derive, worked_out
from keystead.metrics.commands import proof
from keystead.metrics.queries import evaluate
from keystead.metrics.queries.checking import check_figures
from keystead.metrics.tests import room
from keystead.metrics.tests.test_proof import _line, house
from keystead.metrics.types.checking import InFile, Verdict

__all__ = ["house"]
D = Decimal


def test_the_examples_hold() -> None:
    assert doctest.testmod(checking) == (0, 6)


@pytest.mark.parametrize(
    ("figure", "then", "now", "wanted"),
    [
        (("1,250", "1,250", "1250.5"), "1250.50", "1250.5", Verdict.EQUAL),
        (("1,250", "1,250", "1250.5"), "1250.5", "1250.51", Verdict.CHANGED),
        (("1,260", "1,250", "1250.5"), "1250.5", "1250.51", Verdict.EDITED),
        (("1,250", "1,250", "1250.51"), "1250.5", "1250.5", Verdict.EDITED),
        (("", "1,250", "1250.5"), "1250.5", "1250.5", Verdict.EDITED),
        (("–", "–", ""), None, None, Verdict.EQUAL),
        (("–", "–", ""), None, "5", Verdict.CHANGED),
        (("5", "5", "5"), None, None, Verdict.EDITED),
    ],
)
def test_the_verdict(figure: tuple, then: str | None, now: str | None, wanted: Verdict) -> None:
    worths = [Worth(None if one is None else D(one), "CNY") for one in (then, now)]
    told = Standing(proof_id="p", label="x", then=worths[0], now=worths[1])
    assert checking.verdict(InFile("slide 1", *figure, "p"), told) is wanted


def test_an_unknown_proof_and_another_currency() -> None:
    figure = InFile("slide 1", "5", "5", "5", "p", "EUR")
    assert checking.verdict(figure, None) is Verdict.UNKNOWN
    told = Standing(proof_id="p", label="x", then=Worth(D(5), "CNY"), now=Worth(D(5), "CNY"))
    assert checking.verdict(figure, told) is Verdict.EDITED


def _shown(figure) -> Shown:
    return Shown(f"{figure.value:,.2f}", figure.value, figure.proof_id, figure.measure)


def _deck(house) -> tuple[bytes, dict[str, str]]:
    """A deck with figures in a sentence, a table and a chart; their proofs by name."""
    by_month = evaluate(
        actor=house["anna"], metrics="sell_in", by=["month"], period="2026-01..2026-02"
    )
    months = [by_month.figure("sell_in", month=date(2026, month, 1)) for month in (1, 2)]
    year = evaluate(actor=house["anna"], metrics="sell_in", period="2026").figure("sell_in")
    units = evaluate(actor=house["anna"], metrics="sell_in_units", period="2025").figure(
        "sell_in_units"
    )
    share = derive("share", [months[1].proof_id, year.proof_id])
    worth = worked_out("share", [Worth(months[1].value, "CNY"), Worth(year.value, "CNY")])
    slides = (
        Slide("head", ("We sold ", _shown(year), "."), layout="title"),
        Slide(
            "months",
            ("Month by month",),
            (
                Lines((Line(("February is ", Shown("20 %", worth.value, share), " of it.")),)),
                Table(
                    (TableColumn("What"), TableColumn("Units", numeric=True)),
                    (("Last year", _shown(units)),),
                ),
            ),
        ),
        Slide(
            "chart",
            ("The picture",),
            (
                Chart(
                    "column", ("January", "February"),
                    (Series("Sell-in", tuple(_shown(one) for one in months)),),
                    "Sell-in", "CNY", "Two columns",
                ),
            ),
        ),
    )  # fmt: skip
    deck = Deck(title="Review", slides=slides, language="en", made_on=date(2026, 3, 1),
                facts=Facts((("Made by", "anna"),)))  # fmt: skip
    proofs = {"year": year.proof_id, "jan": months[0].proof_id, "feb": months[1].proof_id,
              "units": units.proof_id, "share": share}  # fmt: skip
    return presentation(deck), proofs


@pytest.mark.django_db
def test_one_changed_row_flags_exactly_what_rests_on_it(house) -> None:
    content, proofs = _deck(house)
    carries = carried(content, "pptx")
    clean = check_figures(house["anna"], carries)
    assert {one.figure.proof for one in clean} == set(proofs.values())
    assert {one.verdict for one in clean} == {Verdict.EQUAL}
    ledger.undo_batch(actor=SYSTEM, batch_id=house["batch"])
    lines = [(house["a"], house["p"], "2026-01-05", 10, 1000),
             (house["a"], house["q"], "2026-02-05", 3, "260.50"),
             (house["b"], house["p"], "2026-01-09", 1, 99),
             (house["a"], house["p"], "2025-01-05", 8, 800)]  # fmt: skip
    room.post("sell_in", [_line(*line) for line in lines], lineage="again")
    found = check_figures(house["anna"], carries)
    changed = {one.figure.proof for one in found if one.verdict is Verdict.CHANGED}
    equal = {one.figure.proof for one in found if one.verdict is Verdict.EQUAL}
    assert changed == {proofs["year"], proofs["feb"], proofs["share"]}
    assert equal == {proofs["jan"], proofs["units"]}
    assert all(one.standing.because for one in found if one.verdict is Verdict.CHANGED)


@pytest.mark.django_db
def test_a_typed_over_figure_and_a_foreign_reader(house) -> None:
    content, proofs = _deck(house)
    deck = Presentation(BytesIO(content))
    for slide in deck.slides:
        for shape in slide.shapes:
            if shape.has_table:
                _type_over(shape.table, "8.00", "9.00")
    out = BytesIO()
    deck.save(out)
    carries = carried(out.getvalue(), "pptx")
    found = check_figures(house["anna"], carries)
    edited = [one for one in found if one.verdict is Verdict.EDITED]
    assert [one.figure.proof for one in edited] == [proofs["units"]]
    assert [one.verdict for one in found].count(Verdict.EQUAL) == len(found) - 1
    foreign = check_figures(house["ben"], carries)
    assert {one.verdict for one in foreign} == {Verdict.UNKNOWN}
    assert all(one.standing is None for one in foreign)


def _type_over(table, old: str, new: str) -> None:
    for row in table.rows:
        for cell in row.cells:
            for paragraph in cell.text_frame.paragraphs:
                for run in paragraph.runs:
                    if run.text == old:
                        run.text = new


@pytest.mark.django_db
def test_the_command_answers_by_its_exit_code(house, tmp_path, monkeypatch) -> None:
    content, _proofs = _deck(house)
    path = tmp_path / "review.pptx"
    path.write_bytes(content)
    monkeypatch.setenv("KEYSTEAD_USER", "anna")
    room.post("sell_in", [_line(house["a"], house["p"], "2026-01-07", 1, 1)], source="crm")
    done = CliRunner().invoke(proof, ["check", str(path)])
    assert done.exit_code == 1
    assert "now 1,251.5 CNY (new)" in done.output
    monkeypatch.setenv("KEYSTEAD_USER", "ben")
    done = CliRunner().invoke(proof, ["check", str(path), "--json"])
    body = json.loads(done.output)
    assert (done.exit_code, body["verdict"]) == (2, "unknown")
    assert body["counts"]["unknown"] == len(body["figures"]) == 5


@pytest.mark.django_db
def test_the_page_says_it_in_words(house, client_of) -> None:
    content, _proofs = _deck(house)
    room.post("sell_in", [_line(house["a"], house["p"], "2026-01-07", 1, 1)], source="crm")
    client = client_of(house["anna"])
    assert "Check a document" in text_of(client.get("/proof/check/"))
    page = text_of(client.post("/proof/check/", {"file": SimpleUploadedFile("r.pptx", content)}))
    assert "changed since" in page
    assert "1,251.50" in page
    assert client.post("/proof/check/").status_code == 422
