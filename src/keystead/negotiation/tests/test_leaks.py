"""What is ours alone is in no answer, page, paper, search or trail for who may not know it."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import date

import pytest
from django.urls import reverse
from docx import Document
from openpyxl import load_workbook

from keystead.accounts.queries import account_for
from keystead.kit.models import AuditEntry, OutboxEvent
from keystead.negotiation import queries, services
from keystead.negotiation.services.fee_papers import LettersWanted, write_letters, write_schedule
from keystead.negotiation.tests.house import PLANTED, case
from keystead.negotiation.tests.test_plans import begun
from keystead.negotiation.types.room import Draft, Who

OURS = (*PLANTED, "QNOTE", "QDRAFT", "QTITLE", "QWHY")
GOOD = {"Term": "three years", "Rise": "5 percent"}
DAY = date(2026, 11, 2)


@pytest.fixture
def told(kam):
    """A case with all that hangs on it, an agreed and a drafted split, each with its plants."""
    plan = begun(kam)
    made = case(kam, account_for(kam, plan.account_id))
    made, _key = services.save_draft(
        actor=kam, negotiation_id=made.id, expected_version=made.version,
        draft=Draft("", "QDRAFT", GOOD),
    )  # fmt: skip
    services.concede(
        actor=kam, negotiation_id=made.id,
        step=services.Step(on=DAY, side=Who.US, issue="Rise", before="5 percent",
                           after="2 percent", got="QGOT", reason="QREASON"),
    )  # fmt: skip
    services.add_objection(
        actor=kam, negotiation_id=made.id, entry=services.ObjectionEntry(text="Too dear")
    )
    services.keep_buyer_model(
        actor=kam, negotiation_id=made.id, expected_version=None,
        body={"bundle": 771234, "titles": [{"name": "QTITLE", "price": 10, "downloads": 662345}]},
    )  # fmt: skip
    offer = services.receive_offer(
        actor=kam, negotiation_id=made.id, name="Agreed", package=GOOD, on=DAY
    )
    services.agree_plan(actor=kam, plan_id=plan.id, expected_version=plan.version)
    services.draft_agreement(
        actor=kam, negotiation_id=made.id,
        entry=services.SignEntry(
            offer_id=offer.id, starts=date(2027, 1, 1), last=date(2027, 12, 31), title="Licence",
            plan_id=plan.id,
        ),
    )  # fmt: skip
    services.revise_plan(actor=kam, plan_id=plan.id)
    return made, plan


def texts(response):
    """The words of a page, or the values of an answer, without tokens and ids."""
    body = response.content.decode()
    if response.headers["Content-Type"].startswith("application/json"):
        return body
    body = re.sub(r"<script.*?</script>|<[^>]+>", " ", body, flags=re.DOTALL)
    return body.replace("\u202f", "").replace("\xa0", "").replace(",", "")


def no_plants(text, where):
    for word in OURS:
        assert word not in text, (where, word)


@pytest.mark.django_db
def test_no_answer_of_the_api_holds_what_is_ours_whoever_asks(kam, told, make_actor, client_of):
    made, plan = told
    paths = ("/api/negotiations", f"/api/negotiations/{made.id}", f"/api/fees/{plan.id}",
             f"/api/accounts/{plan.account_id}/fees")  # fmt: skip
    for actor in (kam, make_actor("ming", "sales_ops")):
        client = client_of(actor)
        answers = {path: client.get(path) for path in paths}
        for path, answer in answers.items():
            assert answer.status_code == 200, path
            no_plants(answer.content.decode(), path)
        whole = json.loads(answers[paths[1]].content)
        assert [one["name"] for one in whole["issues"]] == ["Term", "Rise"]
        assert "our_weight" not in whole["issues"][0]
        assert whole["concessions"][0]["after"] == "2 percent"
        assert len(whole["signings"][0]["invoices"]) == 3
        shares = json.loads(answers[paths[2]].content)["shares"]
        assert [one["fee"] for one in shares] == ["166.67", "333.33", "500.00"]
        assert json.loads(answers[paths[3]].content)["total"] == 1
    draft = next(one for one in queries.fee_plans_of(kam, plan.account_id) if one.number == 2)
    assert client_of(kam).get(f"/api/fees/{draft.id}").status_code == 404
    stranger = client_of(make_actor("eve", "kam"))
    for path in paths[1:]:
        assert stranger.get(path).status_code == 404, path
    assert json.loads(stranger.get(paths[0]).content)["items"] == []


@pytest.mark.django_db
def test_no_page_search_or_trail_tells_a_reader(kam, told, make_actor, client_of):
    made, plan = told
    reader = client_of(make_actor("ming", "sales_ops"))
    pages = [
        reverse("negotiation:case", args=[made.id]),
        reverse("negotiation:fee_plan", args=[plan.id]),
        reverse("negotiation:fee_plans", args=[plan.account_id]),
        reverse("negotiation:votes", args=[plan.account_id]),
        reverse("negotiation:panel", args=[plan.account_id]),
        *(f"/search/?q={word}" for word in ("QMANDATE", "QNOTE", "QDRAFT", "Renewal")),
    ]
    for page in pages:
        answer = reader.get(page)
        assert answer.status_code == 200, page
        seen = texts(answer).replace(page.partition("?q=")[2] or "\0", "")
        no_plants(seen, page)
    assert "It says what was agreed" in texts(reader.get(pages[0]))
    for name in ("buyer", "preview_buyer"):
        refused = reader.get(reverse(f"negotiation:{name}", args=[made.id]))
        assert refused.status_code in (403, 404, 405)
    no_plants(repr(list(AuditEntry.objects.values())), "trail")
    no_plants(repr(list(OutboxEvent.objects.values())), "events")


@pytest.mark.django_db
def test_no_paper_holds_what_is_ours(kam, told):
    _made, plan = told
    book = load_workbook(io.BytesIO(write_schedule(actor=kam, plan_id=plan.id).content))
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
    assert book.sheetnames == ["Fees", "Figures", "Invoices"]
    assert "166.67" in cells
    no_plants(" ".join(cells), "schedule")
    wanted = LettersWanted(language="en", on=DAY)
    made = write_letters(actor=kam, plan_id=plan.id, wanted=wanted)
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
        for name in archive.namelist():
            with zipfile.ZipFile(io.BytesIO(archive.read(name))) as letter:
                for part in letter.namelist():
                    if part.endswith(".xml"):
                        no_plants(re.sub(r"<[^>]+>", " ", letter.read(part).decode()), part)
            paragraphs = Document(io.BytesIO(archive.read(name))).paragraphs
            assert any("Hospital" in one.text for one in paragraphs)
