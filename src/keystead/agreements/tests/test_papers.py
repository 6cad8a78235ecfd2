"""Papers through the services, pages, API and command line: who gets them, what is noted."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest
from click.testing import CliRunner
from docx import Document

from keystead.accounts.services import add_identifier
from keystead.agreements import commands, models, services
from keystead.agreements.queries.contract_paper import BLOCKS, WORDS, shipped_template
from keystead.agreements.services.papers import Wanted, write_contract, write_statement
from keystead.agreements.services.templates import add_template, withdraw_template
from keystead.agreements.tests.factories import now, rebate, tiers
from keystead.agreements.tests.sold import active, agreed, sell
from keystead.agreements.tests.test_documents import PDF
from keystead.agreements.types import Attachment, DocumentKind
from keystead.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from keystead.kit.access import SYSTEM
from keystead.kit.models import AuditEntry
from keystead.kit.office.word import check, opened
from keystead.kit.tests.test_word_and_pdf import template

pytestmark = pytest.mark.django_db
END = date(2025, 12, 31)


@pytest.fixture
def contract(kam, house):
    sell(house, ("jd", "p", "2025-01-15", "1000.00"), ("shop", "q", "2025-02-10", "200.00"))
    rule = rebate("year-end", label="年终返利 & bonus", tiers=tiers((0, 1), (1000, "2.5")))
    made = agreed(kam, house, rule, customer_entity="京东大药房有限公司", maker_entity="Keystead")
    models.AgreementVersion.objects.filter(agreement_id=made.id).update(state="approved")
    return now(made.id)


def text_of(content: bytes) -> str:
    made = Document(io.BytesIO(content))
    cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    return "\n".join([p.text for p in made.paragraphs] + cells)


def test_the_shipped_template_names_only_what_is_known():
    found = check(opened(shipped_template()), frozenset(WORDS), frozenset(BLOCKS))
    assert frozenset(BLOCKS) <= found


@pytest.mark.parametrize(
    ("language", "heading", "kind"),
    [("en", "Conditions", "Volume rebate"), ("fr", "Signatures", "Ristourne"),
     ("zh", "条款", "返利")],
)  # fmt: skip
def test_a_contract_in_each_language_with_one_audit_row(kam, contract, language, heading, kind):
    entries = AuditEntry.objects.count()
    made = write_contract(actor=kam, agreement_id=contract.id, wanted=Wanted("docx", language))
    text = text_of(made.content)
    assert heading in text
    assert kind.casefold() in text.casefold()
    assert "京东大药房有限公司" in text
    assert "年终返利 & bonus" in text
    assert "{{" not in text
    again = write_contract(actor=kam, agreement_id=contract.id, wanted=Wanted("docx", language))
    assert again.content == made.content
    # One row each time it is written, and one for the file that was let out.
    assert AuditEntry.objects.count() == entries + 3
    entry = AuditEntry.objects.latest("id")
    assert (entry.action, entry.account_id) == ("agreement.contract.send", contract.account_id)


@pytest.mark.parametrize("kind", ["xlsx", "docx", "pdf"])
def test_a_statement_in_each_form(kam, contract, kind):
    made = write_statement(
        actor=kam, agreement_id=contract.id, as_of=END, wanted=Wanted(kind, "zh")
    )
    assert made.name.endswith(f".{kind}")
    again = write_statement(
        actor=kam, agreement_id=contract.id, as_of=END, wanted=Wanted(kind, "zh")
    )
    assert again.content == made.content
    entry = AuditEntry.objects.latest("id")
    assert (entry.action, entry.new["language"]) == ("agreement.statement.send", "zh-hans")
    if kind == "docx":
        assert "30.00" in text_of(made.content)
    if kind == "xlsx":
        names = openpyxl.load_workbook(io.BytesIO(made.content)).sheetnames
        assert names == ["汇总", "明细", "条款", "计算"]


def test_who_may_not_gets_nothing_and_nothing_is_noted(kam, contract, make_actor):
    entries = AuditEntry.objects.count()
    given = {"agreement_id": contract.id, "wanted": Wanted("pdf")}
    with pytest.raises(NotFound):
        write_contract(actor=make_actor("stranger", "kam"), **given)
    with pytest.raises(NotAllowed):
        write_contract(actor=make_actor("viewer", "viewer"), **given)
    with pytest.raises(NotFound):
        write_statement(actor=make_actor("other", "kam"), as_of=END, **given)
    with pytest.raises(Invalid, match="klingon"):
        write_contract(actor=kam, agreement_id=contract.id, wanted=Wanted("pdf", "klingon"))
    with pytest.raises(Invalid, match="xlsx"):
        write_contract(actor=kam, agreement_id=contract.id, wanted=Wanted("xlsx"))
    assert AuditEntry.objects.count() == entries


def test_a_draft_leaves_for_nobody_but_stays_to_be_had_for_us(kam, house, client_of, tmp_path):
    found = agreed(kam, house, rebate("a", label="Bonus"))
    given = {"actor": kam, "agreement_id": found.id}
    for kind in ("docx", "pdf"):
        with pytest.raises(Conflict) as stopped:
            write_contract(**given, wanted=Wanted(kind))
        assert stopped.value.code == "outbound_blocked"
        assert stopped.value.data["findings"] == [
            {"place": "", "at": [], "leak": "no_approval", "severity": "block",
             "found": "Version 1 is not approved."}
        ]  # fmt: skip
    assert not AuditEntry.objects.filter(action="agreement.contract.send").exists()
    answer = client_of(kam).get(f"/api/agreements/{found.id}/contract")
    assert (answer.status_code, answer.json()["code"]) == (409, "outbound_blocked")
    page = client_of(kam).get(f"/agreements/{found.id}/contract/?format=docx")
    assert page.status_code == 409
    assert "Version 1 is not approved." in page.content.decode()
    ours = write_contract(**given, wanted=Wanted("docx", inside=True))
    assert "-internal" in ours.name
    assert text_of(ours.content).startswith("Internal only")
    assert write_contract(**given, wanted=Wanted("pdf", inside=True)).content.startswith(b"%PDF")
    assert AuditEntry.objects.latest("id").new["inside"] is True


def test_what_is_another_accounts_stops_a_statement_in_each_form(kam, house, contract):
    named = rebate("x", label="As SHOPPERIA gets", tiers=tiers((0, 1)))
    add_identifier(actor=SYSTEM, account_id=house["else"], scheme="alias", value="Shopperia")
    found = active(kam, house, named, number="JD-2025-9")
    for kind in ("xlsx", "docx", "pdf"):
        with pytest.raises(Conflict) as stopped:
            write_statement(actor=kam, agreement_id=found.id, as_of=END, wanted=Wanted(kind))
        assert {one["leak"] for one in stopped.value.data["findings"]} == {"other_account"}
        assert "shopperia" in stopped.value.hint
        assert f"{stopped.value.data['release']}" in stopped.value.hint
    given = {"actor": kam, "agreement_id": contract.id, "as_of": END}
    ours = write_statement(**given, wanted=Wanted("xlsx", inside=True))
    sheets = openpyxl.load_workbook(io.BytesIO(ours.content))
    assert sheets.properties.category.startswith("Internal only")
    assert all(one.oddHeader.center.text.startswith("Internal only") for one in sheets)


def test_a_template_of_ones_own(kam, contract, make_actor):
    ops = make_actor("ops", "sales_ops")
    with pytest.raises(NotAllowed):
        add_template(actor=kam, content=template("{{ number }}"), name="Ours")
    with pytest.raises(Invalid) as caught:
        add_template(actor=ops, content=template("{{ nubmer }}"), name="Ours")
    assert caught.value.data["placeholder"] == "nubmer"
    assert "nubmer" in caught.value.message
    assert "Did you mean {{ number }}?" in caught.value.message
    made = add_template(actor=ops, content=template("Ours: {{ number }}"), name="Ours")
    with pytest.raises(Invalid, match="already"):
        add_template(actor=ops, content=template("x"), name="ours")
    written = write_contract(
        actor=kam, agreement_id=contract.id, wanted=Wanted("docx"), template_id=made
    )
    assert f"Ours: {contract.number}" in text_of(written.content)
    withdraw_template(actor=ops, template_id=made)
    with pytest.raises(NotFound):
        write_contract(actor=kam, agreement_id=contract.id, wanted=Wanted("docx"), template_id=made)


def test_the_pages(client_of, kam, contract):
    client, home = client_of(kam), f"/agreements/{contract.id}/"
    page = client.get(f"{home}papers/").content.decode()
    assert "No document yet" in page
    file = io.BytesIO(PDF)
    file.name = "证明.pdf"
    answer = client.post(
        f"{home}documents/new/",
        {"file": file, "kind": "proof_of_service", "condition": "year-end", "first": "2025-01-01",
         "last": "2025-03-31"},
    )  # fmt: skip
    assert answer.status_code == 302
    page = client.get(f"{home}papers/").content.decode()
    assert "证明.pdf" in page
    assert "2025-Q1" in page
    kept = f"/agreements/documents/{models.AgreementDocument.objects.get().pk}/"
    sent = client.get(kept)
    assert sent.content == PDF
    assert sent["Content-Disposition"].startswith("attachment;")
    assert sent["Content-Type"] == "application/octet-stream"
    client.post(f"{kept}withdraw/", {"reason": "wrong shop", "version": 1})
    assert "wrong shop" in client.get(f"{home}papers/").content.decode()
    book = client.get(f"{home}statement/?as_of=2025-12-31&format=xlsx&language=fr")
    assert book["Content-Disposition"].startswith("attachment;")
    assert client.get(f"{home}statement/?as_of=tomorrow").status_code == 422
    assert client.get(f"{home}contract/?format=pdf").content.startswith(b"%PDF")
    wrong = io.BytesIO(b"<html>")
    wrong.name = "x.pdf"
    refused = client.post(f"{home}documents/new/", {"file": wrong, "kind": "other"})
    assert refused.status_code == 422
    assert "not what its name says" in refused.content.decode()


def test_templates_on_their_page(client_of, make_actor, kam):
    ops = client_of(make_actor("ops", "sales_ops"))
    wrong = io.BytesIO(template("{{ custmer }}"))
    wrong.name = "a.docx"
    refused = ops.post("/agreements/templates/", {"name": "A", "file": wrong})
    assert refused.status_code == 422
    assert "{{ custmer }}" in refused.content.decode()
    good = io.BytesIO(template("{{ customer }}"))
    good.name = "a.docx"
    assert ops.post("/agreements/templates/", {"name": "A", "file": good}).status_code == 302
    assert ops.get("/agreements/templates/0/").content == shipped_template()
    assert client_of(kam).post("/agreements/templates/", {}).status_code == 403
    kept = f"/agreements/templates/{models.ContractTemplate.objects.get().pk}/"
    assert ops.post(f"{kept}withdraw/").status_code == 302
    assert ops.get(kept).status_code == 404


def test_the_command_line_writes_a_file(kam, contract, tmp_path, monkeypatch):
    monkeypatch.setenv("KEYSTEAD_USER", kam.username)
    out = tmp_path / "statement.pdf"
    run = CliRunner().invoke(
        commands.agreement,
        ["statement", contract.number, "--as-of", "2025-12-31", "--format", "pdf",
         "--language", "zh", "--out", str(out)],
    )  # fmt: skip
    assert run.exit_code == 0, run.output
    assert out.read_bytes().startswith(b"%PDF")
    run = CliRunner().invoke(
        commands.agreement, ["contract", contract.number, "--out", str(tmp_path / "c.docx")]
    )
    assert run.exit_code == 0, run.output
    assert contract.number in text_of((tmp_path / "c.docx").read_bytes())


def test_documents_over_the_api(client_of, kam, contract):
    services.attach_document(
        actor=kam, agreement_id=contract.id,
        attachment=Attachment(content=PDF, name="a.pdf", kind=DocumentKind.SIGNED_COPY),
    )  # fmt: skip
    client = client_of(kam)
    found = client.get(f"/api/agreements/{contract.id}/documents").json()["items"]
    assert [(one["name"], one["kind"], one["first"]) for one in found] == [
        ("a.pdf", "signed_copy", None)
    ]
    sent = client.get(f"/api/agreements/documents/{found[0]['id']}")
    assert sent.content == PDF
    book = client.get(f"/api/agreements/{contract.id}/statement?as_of=2025-12-31&language=fr")
    assert openpyxl.load_workbook(io.BytesIO(book.content)).sheetnames[0] == "Synthèse"
