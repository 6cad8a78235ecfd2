"""Letter templates of the house: parsed in the cage, filled in three languages, faults named."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from docx import Document

from keystead.kernel.errors import Invalid, NotAllowed, NotFound
from keystead.kit.models import AuditEntry
from keystead.kit.office.documents.filling import look_at
from keystead.kit.testing.page import text_of
from keystead.negotiation import models
from keystead.negotiation.commands import letters as letters_command
from keystead.negotiation.queries.letter_templates import letter_template, letter_templates
from keystead.negotiation.queries.letters import BLOCKS, WORDS, shipped_letter
from keystead.negotiation.services.fee_papers import LettersWanted, write_letters
from keystead.negotiation.services.letter_templates import (
    add_letter_template,
    withdraw_letter_template,
)
from keystead.negotiation.tests.test_plans import begun

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 2)


@pytest.fixture(autouse=True)
def _home(settings, tmp_path):
    settings.KEYSTEAD_HOME = tmp_path


def word_file(*paragraphs, cell="", header=""):
    made, buffer = Document(), io.BytesIO()
    for text in paragraphs:
        made.add_paragraph(text)
    if cell:
        made.add_table(1, 2).rows[0].cells[1].text = cell
    if header:
        made.sections[0].header.paragraphs[0].text = header
    made.save(buffer)
    return buffer.getvalue()


def letters(actor, plan, **more):
    wanted = LettersWanted(**{"language": "en", "on": ON, **more})
    made = write_letters(actor=actor, plan_id=plan.id, wanted=wanted)
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
        return [Document(io.BytesIO(archive.read(name))) for name in archive.namelist()]


def test_a_template_of_the_house_writes_letters_in_three_languages(kam, sales_ops):
    plan = begun(kam)
    content = word_file(
        "{{ greeting }}", "Heron & Co: {{ member }} pays {{ fee }}", "{{ fee_table }}",
        cell="{{ code }}", header="{{ consortium }}",
    )  # fmt: skip
    made = add_letter_template(actor=sales_ops, content=content, name=" House  letter ")
    assert AuditEntry.objects.filter(action="negotiation.letters.template.add").count() == 1
    assert [(one.id, one.name) for one in letter_templates(kam)] == [(made, "House letter")]
    for language, word in (("en", "Dear"), ("zh-hans", "您好"), ("fr", "Madame")):
        first = letters(kam, plan, language=language, template_id=made)[0]
        assert word in first.paragraphs[0].text
        assert first.paragraphs[1].text.startswith("Heron & Co: Hospital 1 pays ")
        assert first.tables[-1].rows[0].cells[1].text == "H1"
    entry = AuditEntry.objects.filter(action="negotiation.fees.letters").latest("id")
    assert entry.new["template"] == made


def test_every_wrong_placeholder_is_named_with_its_place(sales_ops):
    content = word_file(
        "", "Hello", "To {{ membre }}", "See {{ fee_table }} here", "{{ fee",
        cell="{{ xyzzy }}", header="{{ consortum }}",
    )  # fmt: skip
    with pytest.raises(Invalid) as error:
        add_letter_template(actor=sales_ops, content=content, name="Wrong")
    assert error.value.data["faults"] == [
        "Paragraph 2 (“To {{ membre }}”): There is no placeholder {{ membre }}. "
        "Did you mean {{ member }}?",
        "Paragraph 3 (“See {{ fee_table }} here”): {{ fee_table }} stands alone in a paragraph "
        "of the text.",
        "Paragraph 4 (“{{ fee”): A placeholder is not written as {{ name }}: {{ fee",
        "Table 1, row 1, cell 2: There is no placeholder {{ xyzzy }}.",
        "Header (“{{ consortum }}”): There is no placeholder {{ consortum }}. "
        "Did you mean {{ consortium }}?",
    ]
    assert not models.LetterTemplateRow.objects.exists()
    assert not AuditEntry.objects.filter(action__startswith="negotiation.letters").exists()


def test_what_is_no_template_is_refused_and_one_name_is_taken_once(kam, sales_ops):
    with pytest.raises(Invalid, match="no Word document"):
        add_letter_template(actor=sales_ops, content=b"PK no", name="None")
    buffer = io.BytesIO(word_file("{{ member }}"))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("word/vbaProject.bin", b"x")
    with pytest.raises(Invalid, match="macros"):
        add_letter_template(actor=sales_ops, content=buffer.getvalue(), name="None")
    content = word_file("{{ member }}")
    with pytest.raises(NotAllowed):
        add_letter_template(actor=kam, content=content, name="Mine")
    made = add_letter_template(actor=sales_ops, content=content, name="Ours", language="fr")
    for name, more in (("ours", {}), ("Other", {"language": "de"}), (" ", {})):
        with pytest.raises(Invalid):
            add_letter_template(actor=sales_ops, content=content, name=name, **more)
    withdraw_letter_template(actor=sales_ops, template_id=made, expected_version=1)
    with pytest.raises(NotFound):
        letter_template(kam, made)
    assert letter_template(kam, 0) == shipped_letter()
    add_letter_template(actor=sales_ops, content=content, name="Ours")


def test_the_one_that_ships_can_be_filled():
    assert look_at(shipped_letter(), words=WORDS, blocks=BLOCKS).ready


def test_the_page_takes_a_template_and_the_letters_offer_it(client_of, kam, sales_ops):
    plan = begun(kam)
    client, path = client_of(sales_ops), reverse("negotiation:fee_templates")
    wrong = SimpleUploadedFile("a.docx", word_file("{{ membre }}"))
    refused = client.post(path, {"name": "Ours", "language": "", "file": wrong})
    assert refused.status_code == 422
    assert "Paragraph 1" in text_of(refused)
    right = SimpleUploadedFile("a.docx", word_file("{{ member }}"))
    assert client.post(path, {"name": "Ours", "language": "", "file": right}).status_code == 302
    made = models.LetterTemplateRow.objects.get()
    assert "Ours" in text_of(client.get(path))
    file = client_of(kam).get(reverse("negotiation:fee_template_file", args=[made.pk]))
    assert Document(io.BytesIO(file.content)).paragraphs[0].text == "{{ member }}"
    assert client_of(kam).post(path, {"name": "X"}).status_code == 403
    page = client_of(kam).get(reverse("negotiation:fee_letters", args=[plan.id]))
    assert "Ours" in text_of(page)
    away = reverse("negotiation:withdraw_fee_template", args=[made.pk])
    assert client.post(away, {"version": "1"}).status_code == 302
    assert letter_templates(kam) == ()


def test_the_api_lists_adds_and_withdraws_templates(client_of, kam, sales_ops):
    path, client = "/api/fees/templates", client_of(sales_ops)

    def added(who, *paragraphs):
        file = SimpleUploadedFile("a.docx", word_file(*paragraphs))
        return client_of(who).post(path, {"name": "Ours", "language": "fr", "file": file})

    assert added(kam, "{{ member }}").status_code == 403
    wrong = added(sales_ops, "{{ membre }}")
    assert wrong.status_code == 422
    assert "Paragraph 1" in wrong.content.decode()
    assert not models.LetterTemplateRow.objects.exists()
    made = added(sales_ops, "{{ member }}").json()["id"]
    (one,) = client_of(kam).get(path).json()["items"]
    assert (one["id"], one["name"], one["language"], one["version"]) == (made, "Ours", "fr", 1)

    def withdrawn(number, who=client):
        away = f"{path}/{number}/withdraw"
        return who.post(away, {"version": 1}, content_type="application/json").status_code

    assert [withdrawn(made, client_of(kam)), withdrawn(made + 1)] == [403, 404]
    assert [withdrawn(made), withdrawn(made)] == [200, 404]
    assert client.get(path).json() == {"items": [], "total": 0}
    assert AuditEntry.objects.filter(action__startswith="negotiation.letters").count() == 2


def test_the_command_lists_adds_and_withdraws_templates(sales_ops, tmp_path, monkeypatch):
    monkeypatch.setattr("keystead.kit.access.local_actor", lambda: sales_ops)
    file, run = tmp_path / "a.docx", CliRunner()
    file.write_bytes(word_file("{{ member }}"))
    assert "Only the template that ships" in run.invoke(letters_command, ["list"]).output
    said = run.invoke(letters_command, ["add", str(file), "--name", "Ours"])
    made = models.LetterTemplateRow.objects.get()
    assert said.output == f"Kept as template {made.pk}.\n"
    (one,) = json.loads(run.invoke(letters_command, ["list", "--json"]).output)["items"]
    assert (one["id"], one["name"], one["language"]) == (made.pk, "Ours", "")
    assert "out of use" in run.invoke(letters_command, ["withdraw", str(made.pk)]).output
    again = run.invoke(letters_command, ["withdraw", str(made.pk)])
    assert isinstance(again.exception, NotFound)
