"""Documents are looked over before they leave: planted leaks are found wherever they hide."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override
from docx import Document as Paper
from pptx import Presentation

from keystead.accounts.services import add_identifier, assign_team
from keystead.governance.queries.outbound import release_for, releases_for, was_released
from keystead.governance.services import leaving
from keystead.governance.services.leaving import let_all_leave, let_leave, released_file
from keystead.governance.services.outbound import let_waiting_out
from keystead.governance.types.outbound import Leak, Missing, Outgoing, ReleaseState, missing
from keystead.kernel.errors import Conflict, Invalid, NotFound
from keystead.kit.access import SYSTEM
from keystead.kit.models import AuditEntry
from keystead.kit.office.inside import inside_file
from keystead.kit.office.pptx import presentation
from keystead.kit.office.slides import Chart, Deck, Facts, Line, Lines, Series, Shown, Slide
from keystead.kit.office.texts import texts
from keystead.kit.testing.page import text_of
from keystead.metrics.queries import evaluate
from keystead.metrics.tests import room
from keystead.metrics.tests.test_proof import house
from keystead.reviews.services import outbound

__all__ = ["house"]
pytestmark = pytest.mark.django_db
D = Decimal


def deck(*, words: str = "A good quarter", figures: tuple = (), notes: tuple = ()) -> bytes:
    contents: tuple = (Lines((Line((words,)),)),)
    if figures:
        contents += (
            Chart(
                "column", tuple(str(at) for at in range(len(figures))),
                (Series("Sell-in", figures),), "Sell-in", "CNY", "Columns",
            ),
        )  # fmt: skip
    slide = Slide("one", ("Our quarter",), contents, notes=notes)
    made = Deck(title="Review", slides=(slide,), language="en", made_on=date(2026, 3, 1),
                facts=Facts((("Made by", "anna"),)))  # fmt: skip
    return presentation(made)


def shown(figure) -> Shown:
    return Shown(f"{figure.value:,.2f}", figure.value, figure.proof_id, figure.measure)


def found(house, content: bytes, name: str = "review.pptx") -> set[Leak]:
    looked = outbound.look_over(
        actor=house["anna"], account_id=house["a"], content=content, name=name
    )
    return {one.leak for one in looked.findings.found}


def test_names_and_figures_of_others_are_stopped(house) -> None:
    sold = evaluate(actor=SYSTEM, metrics="sell_in", by=["account"], period="2026")
    own = sold.figure("sell_in", account=house["a"])
    foreign = sold.figure("sell_in", account=house["b"])
    assert found(house, deck(figures=(shown(own),))) == set()
    leaks = found(house, deck(words="B1 Ltd sells as much", figures=(shown(own), shown(foreign))))
    assert leaks == {Leak.OTHER_ACCOUNT, Leak.OTHER_FIGURE}


def test_a_leak_is_found_wherever_it_hides() -> None:
    file = Presentation(BytesIO(deck(notes=("remember Zorbium",))))
    slide = file.slides[0]
    slide.shapes[0]._element.nvSpPr.cNvPr.set("descr", "picture of Zorbium")
    file.core_properties.comments = "for Zorbium"
    hidden = file.slides.add_slide(file.slide_layouts[0])
    hidden._element.set("show", "0")
    hidden.shapes.add_textbox(0, 0, 9, 9).text_frame.text = "Zorbium on a hidden slide"
    out = BytesIO()
    file.save(out)
    kinds = {one.kind for one in texts(out.getvalue(), "pptx") if "Zorbium" in one.text}
    assert kinds >= {"note", "alternative", "property", "hidden"}


def test_the_workbook_of_a_chart_is_read() -> None:
    chart = deck(figures=(Shown("1", D(1)),))
    places = {one.place for one in texts(chart, "pptx")}
    assert any("workbook of chart" in place for place in places)


def test_papers_and_sheets_are_read_whole() -> None:
    paper = Paper()
    run = paper.add_paragraph("A fine ").add_run("Zor")
    run.bold = True
    paper.paragraphs[0].add_run("bium")
    paper.sections[0].header.paragraphs[0].text = "Zorbium head"
    paper.core_properties.author = "Zorbium"
    out = BytesIO()
    paper.save(out)
    said = [one for one in texts(out.getvalue(), "docx") if "Zorbium" in one.text]
    assert {one.place.split()[0] for one in said} >= {"document", "header", "properties"}
    out = BytesIO()
    book = xlsxwriter.Workbook(out)
    seen, hidden = book.add_worksheet("Open"), book.add_worksheet("Zorbium sheet")
    seen.write(0, 0, "ok")
    hidden.write(4, 2, "Zorbium cell")
    hidden.write_comment(1, 1, "Zorbium comment")
    hidden.very_hidden()
    book.define_name("Zorbium_range", "=Open!$A$1")
    book.close()
    said = [one.text for one in texts(out.getvalue(), "xlsx") if "orbium" in one.text]
    assert {"Zorbium sheet", "Zorbium cell", "Zorbium comment", "Zorbium_range"} <= set(said)


def test_mails_pages_and_json_are_read() -> None:
    mail = (b"Subject: =?utf-8?b?5bq3576O?=\r\nTo: a@b.c\r\nContent-Type: text/html; charset=utf-8"
            b"\r\n\r\n<p>Dear <b>Zorbium</b></p><!-- Zorbium note --><img alt='Zorbium logo'>")  # fmt: skip
    said = {one.text for one in texts(mail, "eml")}
    assert {"康美", "Zorbium", "Zorbium note", "Zorbium logo"} <= said
    body = [one for one in texts(b'{"a": [{"who": "Zorbium"}]}', "json") if one.text == "Zorbium"]
    assert [one.place for one in body] == ["$.a[0].who"]


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"nothing", b""])
def test_what_cannot_be_read_does_not_pass(content: bytes) -> None:
    with pytest.raises(Invalid):
        texts(content, "pptx")


def test_codes_of_others_and_of_the_own_group(house) -> None:
    add_identifier(actor=SYSTEM, account_id=house["b"], scheme="own_code", value="0007712345")
    add_identifier(actor=SYSTEM, account_id=house["b"], scheme="alias", value="Zorbium")
    add_identifier(actor=SYSTEM, account_id=house["a"], scheme="own_code", value="0007799999")
    look = outbound.look_over_text
    leaks = look(actor=house["anna"], account_id=house["a"], text="for 0007712345", kind="mail")
    assert [one.leak for one in leaks.findings.found] == [Leak.OTHER_ACCOUNT]
    alias = look(actor=house["anna"], account_id=house["a"], text="as ZORBIUM has", kind="mail")
    assert [one.found for one in alias.findings.found] == ["zorbium"]
    own = look(actor=house["anna"], account_id=house["a"], text="A1 Ltd, 0007799999", kind="mail")
    assert own.findings.clean


def test_release_is_kept_and_never_changed(house) -> None:
    anna, ben = house["anna"], house["ben"]
    text = "We will hold the price together."
    looked = outbound.look_over_text(actor=anna, account_id=house["a"], text=text, kind="mail")
    with pytest.raises(Conflict):
        outbound.let_out(actor=anna, looked=looked, reason="A quote of their own letter.")
    with pytest.raises(NotFound):
        outbound.let_out(actor=ben, looked=looked, reason="A quote of their own letter.")
    assert releases_for(anna) == ()
    kept = outbound.let_out(actor=SYSTEM, looked=looked, reason="A quote of their own letter.")
    assert (kept.state, kept.reason) == (ReleaseState.RELEASED, "A quote of their own letter.")
    assert was_released(house["a"], looked.leaving.sha256)
    entry = AuditEntry.objects.get(action="outbound.release")
    assert (entry.account_id, entry.new["findings"]) == (house["a"], {"price_control": 1})
    assert release_for(anna, kept.id).findings == looked.findings.found
    assert releases_for(ben) == ()
    with pytest.raises(NotFound):
        release_for(ben, kept.id)


def test_what_is_blocked_is_kept_as_such(house) -> None:
    looked = outbound.look_over_text(
        actor=house["anna"], account_id=house["a"], text="B1 Ltd pays less", kind="mail"
    )
    with pytest.raises(Conflict):
        outbound.let_out(actor=house["anna"], looked=looked, reason="Nobody will ever mind it.")
    (kept,) = releases_for(house["anna"])
    assert kept.state is ReleaseState.BLOCKED
    assert "B1" not in str(AuditEntry.objects.get(action="outbound.block").new)
    with pytest.raises(NotFound):
        outbound.look_over_text(actor=house["ben"], account_id=house["a"], text="x", kind="mail")


def test_the_page_looks_lets_out_and_waits_for_another(house, client_of) -> None:
    anna = client_of(house["anna"])
    address = f"/accounts/{house['a']}/outbound/"

    def sent(text: str):
        return {"file": SimpleUploadedFile("letter.txt", text.encode())}

    assert "it was let out" in text_of(anna.post(address, sent("A good quarter"), follow=True))
    page = text_of(anna.post(address, sent("B1 Ltd pays less"), follow=True))
    assert "name or code of another customer" in page
    assert "line 1" in page
    anna.post(address, sent("We hold the price together."))
    (waiting, *_rest) = releases_for(house["anna"])
    one = f"/outbound/{waiting.id}/"
    own = anna.post(one, {"reason": "A quote of their own letter."})
    assert own.status_code == 422
    assert not was_released(house["a"], waiting.sha256)
    for address_of in (address, one):
        assert client_of(house["ben"]).get(address_of).status_code == 404
    other = room.user("olga", "kam")
    assign_team(actor=SYSTEM, account_id=house["a"], user_id=other.user_id, role="member",
                valid_from=date(2020, 1, 1))  # fmt: skip
    done = client_of(other).post(one, {"reason": "A quote of their own letter."}, follow=True)
    assert "A quote of their own letter." in text_of(done)
    assert was_released(house["a"], waiting.sha256)
    assert client_of(other).post(one, {"reason": "Again and again."}).status_code in (409, 422)


def paper(house, text: str, name: str = "letter.txt") -> Outgoing:
    return Outgoing(account_id=house["a"], kind="letter", name=name, content=text.encode())


def test_a_clean_document_leaves_and_that_is_kept_once(house) -> None:
    first = let_leave(actor=house["anna"], outgoing=paper(house, "A good quarter"))
    again = let_leave(actor=house["anna"], outgoing=paper(house, "A good quarter"))
    assert (first.state, first.id) == (ReleaseState.RELEASED, again.id)
    assert AuditEntry.objects.filter(action="outbound.release").count() == 1


def test_a_blocked_document_leaves_only_when_compliance_says_why(house, client_of) -> None:
    anna, sofia = house["anna"], room.user("sofia", "compliance")
    wanted = paper(house, "A good quarter\nB1 Ltd pays less")
    for _time in range(2):
        with pytest.raises(Conflict) as stopped:
            let_leave(actor=anna, outgoing=wanted)
    assert stopped.value.code == "outbound_blocked"
    assert "line 2: name or code of another customer: “b1 ltd”" in stopped.value.hint
    (kept,) = releases_for(anna)  # asked twice, kept once
    assert stopped.value.data["release"] == kept.id
    with pytest.raises(Conflict):
        released_file(actor=anna, release_id=kept.id)
    reason = "They asked for it in writing."
    with pytest.raises(Conflict):
        let_waiting_out(actor=anna, release_id=kept.id, reason=reason)
    with pytest.raises(Invalid):
        let_waiting_out(actor=sofia, release_id=kept.id, reason="ok")
    other = room.user("olga", "kam")
    assign_team(actor=SYSTEM, account_id=house["a"], user_id=other.user_id, role="member",
                valid_from=date(2020, 1, 1))  # fmt: skip
    with pytest.raises(Conflict):
        let_waiting_out(actor=other, release_id=kept.id, reason=reason)
    assert not AuditEntry.objects.filter(action="outbound.release").exists()
    page = client_of(sofia).get(f"/outbound/{kept.id}/")
    assert "Let it out" in text_of(page)
    assert client_of(anna).get(f"/outbound/{kept.id}/file/").status_code == 409
    done = client_of(sofia).post(
        f"/api/outbound/{kept.id}/release", {"reason": reason}, content_type="application/json"
    )
    assert (done.status_code, done.json()["state"]) == (201, "released")
    entry = AuditEntry.objects.get(action="outbound.release")
    assert (entry.why, entry.account_id) == (reason, house["a"])
    assert let_leave(actor=anna, outgoing=wanted).reason == reason
    assert client_of(anna).get(f"/outbound/{kept.id}/file/").content == wanted.content
    assert client_of(anna).get(f"/api/outbound/{kept.id}/file").content == wanted.content
    assert AuditEntry.objects.filter(action="outbound.fetch").count() == 2
    with pytest.raises(Conflict):  # another file is another question
        let_leave(actor=anna, outgoing=paper(house, "B1 Ltd pays more"))
    assert client_of(house["ben"]).get(f"/api/outbound/{kept.id}").status_code == 404


def test_what_needs_review_waits_for_another_person(house) -> None:
    anna = house["anna"]
    wanted = paper(house, "We hold the price together.")
    with pytest.raises(Conflict) as stopped:
        let_leave(actor=anna, outgoing=wanted)
    assert stopped.value.code == "outbound_waiting"
    with pytest.raises(Conflict):
        let_waiting_out(actor=anna, release_id=stopped.value.data["release"],
                        reason="A quote of their own letter.")  # fmt: skip
    other = room.user("olga", "kam")
    assign_team(actor=SYSTEM, account_id=house["a"], user_id=other.user_id, role="member",
                valid_from=date(2020, 1, 1))  # fmt: skip
    let_waiting_out(actor=other, release_id=stopped.value.data["release"],
                    reason="A quote of their own letter.")  # fmt: skip
    assert let_leave(actor=anna, outgoing=wanted).by_name == str(other.name)


def test_documents_leave_together_or_not_at_all(house) -> None:
    both = [paper(house, "Fine", "a.txt"), paper(house, "B1 Ltd pays less", "b.txt")]
    with pytest.raises(Conflict) as stopped:
        let_all_leave(actor=house["anna"], outgoing=both)
    assert "b.txt" in stopped.value.message
    assert [one.name for one in releases_for(house["anna"])] == ["b.txt"]


def test_nothing_leaves_where_nobody_looks(house, monkeypatch) -> None:
    monkeypatch.setattr(leaving, "_looks", [])
    with pytest.raises(Conflict) as closed:
        let_leave(actor=house["anna"], outgoing=paper(house, "A good quarter"))
    assert closed.value.code == "outbound_closed"
    assert releases_for(house["anna"]) == ()


def test_an_internal_copy_is_marked_and_never_leaves(house) -> None:
    marked = inside_file(deck(), "pptx")
    assert inside_file(deck(), "pptx") == marked
    assert found(house, marked) == {Leak.INSIDE}
    for format in ("docx", "xlsx"):
        content = Paper() if format == "docx" else None
        out = BytesIO()
        if content is not None:
            content.add_paragraph("A good quarter")
            content.save(out)
        else:
            book = xlsxwriter.Workbook(out)
            book.add_worksheet("Open").write(0, 0, "ok")
            book.close()
        looked = found(house, inside_file(out.getvalue(), format), f"a.{format}")
        assert looked == {Leak.INSIDE}


def test_a_cell_is_named_as_the_place(house) -> None:
    out = BytesIO()
    book = xlsxwriter.Workbook(out)
    book.add_worksheet("Open").write(0, 0, "ok")
    book.add_worksheet("More").write(4, 2, "B1 Ltd")
    book.close()
    looked = outbound.look_over(
        actor=house["anna"], account_id=house["a"], content=out.getvalue(), name="a.xlsx"
    )
    assert [one.place for one in looked.findings.found] == ["sheet 2!C5"]


def test_findings_are_told_in_the_language_of_the_reader(house, client_of) -> None:
    anna = house["anna"]
    wanted = Outgoing(account_id=house["a"], kind="letter", name="letter.txt",
                      content=b"Good\nB1 Ltd pays less", missing=(missing(Missing.VERSION, 2),))  # fmt: skip
    numbers = set()
    for language in ("fr", "zh-hans"):  # who opens it does not change what is kept
        with override(language), pytest.raises(Conflict) as stopped:
            let_leave(actor=anna, outgoing=wanted)
        numbers.add(stopped.value.data["release"])
    (number,) = numbers
    body = client_of(anna).get(f"/api/outbound/{number}").json()["findings"]
    assert {(one["place"], one["found"]) for one in body} == {
        ("line 2", "b1 ltd"), ("", "Version 2 is not approved."),
    }  # fmt: skip
    assert [{"kind": "line", "name": "2"}] in [one["at"] for one in body]
    for language, words in (
        ("fr", ("ligne 2", "tout le document", "version 2")),
        ("zh-hans", ("第 2 行", "整个文件", "版本 2")),
    ):
        page = client_of(anna).get(f"/outbound/{number}/", headers={"Accept-Language": language})
        for word in words:
            assert word in text_of(page), (language, word)
