"""Claims through the client: list, page, forms, Excel; rights; three languages."""

import io
import re

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from keystead.agreements import models
from keystead.agreements.queries.claim_sheets import CLAIMS
from keystead.agreements.tests.claims_house import (
    TODAY,
    accrue,
    answer,
    deal,
    now_claim,
    part,
    proposed,
    received,
    validated,
)
from keystead.agreements.types import ClaimState
from keystead.kit.testing.page import text_of

pytestmark = pytest.mark.django_db
S = ClaimState
FORM = {
    "external_number": "DN-7", "kind": "debit_note", "reason": "rebate", "amount": "80",
    "currency": "CNY", "on": TODAY.isoformat(),
}  # fmt: skip
HEADERS = ["Account code", "Claim number", "Kind", "Reason", "Amount", "Currency", "Claim date"]


@pytest.fixture
def jd(kam, make_actor):
    return deal(kam, make_actor)


def test_from_the_debit_note_to_the_request(client_of, jd):
    accrue(jd.agreement, "volume", 80)
    client = client_of(jd.kam)
    made = client.post("/claims/new/", {**FORM, "account": jd.account.id})
    assert made.status_code == 302, text_of(made)
    home = made["Location"]
    page = client.get(home).content.decode()
    assert "the same amount is open" in page
    assert f'name="part:{jd.agreement.id}:volume" value="80.00"' in page
    taken = {"do": "match", f"part:{jd.agreement.id}:volume": "80", "version": 1}
    client.post(f"{home}match/", taken)
    claim = models.Claim.objects.get()
    assert claim.state == "matched"
    client.post(f"{home}check/", {"remark": "", "version": 2})
    client.post(f"{home}decide/", {"amount": "80", "reason": "", "version": 3})
    claim.refresh_from_db()
    assert (claim.state, claim.proposed) == ("validated", 80)
    assert "waits for approval" in text_of(client.get(home))
    assert "DN-7" in text_of(client.get("/claims/?state=open&band=0-30&q=dn"))
    assert "DN-7" not in text_of(client.get("/claims/?state=settled"))
    assert "DN-7" in text_of(client.get(f"/agreements/{jd.agreement.id}/claims/"))
    assert "DN-7" in text_of(client.get(f"/accounts/{jd.account.id}/panels/claims/"))
    client.post(f"{home}step/withdraw/", {})
    client.post(f"{home}step/undo/", {})
    claim.refresh_from_db()
    assert claim.state == "received"


def test_wrong_input_stays_on_the_form(client_of, jd):
    client = client_of(jd.kam)
    answer = client.post("/claims/new/", {**FORM, "account": jd.account.id, "first": "2026-01-01"})
    assert answer.status_code == 422
    assert "A period has two days." in text_of(answer)
    claim = received(jd.kam, jd.account)
    client.post(f"/claims/{claim.id}/match/", {"do": "match", "part:1:volume": "abc"})
    assert now_claim(claim) == claim
    late = client.post(
        f"/claims/{claim.id}/edit/", {**FORM, "account": jd.account.id, "version": 9}
    )
    assert late.status_code == 409


def test_evidence_in_and_out(client_of, jd, settings, tmp_path):
    settings.KEYSTEAD_HOME = tmp_path
    client, claim = client_of(jd.kam), received(jd.kam, jd.account)
    file = SimpleUploadedFile("proof.pdf", b"%PDF-1.7 x")
    client.post(f"/claims/{claim.id}/evidence/", {"text": "Shelf", "file": file})
    shown = models.ClaimEvidence.objects.get()
    got = client.get(f"/claims/{claim.id}/evidence/{shown.pk}/")
    assert (got.content, got["Content-Type"]) == (b"%PDF-1.7 x", "application/octet-stream")
    other = received(jd.kam, jd.account, external_number="D-9")
    assert client.get(f"/claims/{other.id}/evidence/{shown.pk}/").status_code == 404


def list_file(*rows):
    book = openpyxl.Workbook()
    book.active.title = "Claims"
    for row in (HEADERS, *rows):
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return SimpleUploadedFile("claims.xlsx", buffer.getvalue())


def test_a_list_goes_in_whole_or_not_at_all(client_of, jd):
    client, day = client_of(jd.kam), TODAY.isoformat()
    good = ["JD", "L-1", "Deduction", "Rebate", 80, "CNY", day]
    bad = ["NOPE", "L-2", "Deduction", "Rebate", -5, "CNY", day]
    refused = client.post("/claims/list/import/", {"do": "write", "file": list_file(good, bad)})
    assert refused.status_code == 422
    assert "Claims!A3" in text_of(refused)
    assert not models.Claim.objects.exists()
    worse = ["JD", "L-2", "Deduction", "Rebate", -5, "CNY", day]
    refused = client.post("/claims/list/import/", {"do": "write", "file": list_file(good, worse)})
    assert "Claims!E3" in text_of(refused)
    assert not models.Claim.objects.exists()
    assert client.post(
        "/claims/list/import/", {"do": "write", "file": list_file(good)}
    ).status_code == 302  # fmt: skip
    again = client.post("/claims/list/import/", {"do": "check", "file": list_file(good)})
    assert "0 new, 0 changed, 1 as before" in text_of(again)
    good[4] = 90
    client.post("/claims/list/import/", {"do": "write", "file": list_file(good)})
    assert [one.amount for one in models.Claim.objects.all()] == [90]


def test_the_export_reads_back(client_of, jd):
    client, claim = client_of(jd.kam), received(jd.kam, jd.account)
    content = client.get("/claims/export/").content
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    assert [cell.value for cell in sheet[1]][: len(CLAIMS.fields)] == [
        str(field.label) for field in CLAIMS.fields
    ]
    assert sheet["E2"].value == 80
    file = SimpleUploadedFile("claims.xlsx", content)
    again = client.post("/claims/list/import/", {"do": "check", "file": file})
    assert "0 new, 0 changed, 1 as before" in text_of(again)
    assert now_claim(claim) == claim
    assert client.get("/claims/list/template/").status_code == 200


def test_foreign_is_missing(client_of, other_kam, jd):
    claim, client = received(jd.kam, jd.account), client_of(other_kam)
    for number in (claim.id, 999999):
        for path in ("", "edit/", "check/", "decide/", "evidence/1/"):
            assert client.get(f"/claims/{number}/{path}").status_code == 404
        for path in ("match/", "evidence/", "step/undo/"):
            assert client.post(f"/claims/{number}/{path}").status_code == 404
    assert client.get(f"/accounts/{jd.account.id}/panels/claims/").status_code == 404
    assert claim.external_number not in client.get("/claims/").content.decode()
    assert now_claim(claim) == claim


@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [("viewer", 403, 403), ("marketing", 403, 403), ("sales_ops", 200, 403), ("finance", 200, 302)],
)
def test_who_reads_and_writes_claims(client_of, jd, make_actor, role, reads, writes):
    claim, client = received(jd.kam, jd.account), client_of(make_actor("reader", role))
    assert client.get("/claims/").status_code == reads
    assert client.get(f"/claims/{claim.id}/").status_code == reads
    answer = client.post(f"/claims/{claim.id}/match/", {"do": "none"})
    assert answer.status_code == writes


def test_ages_are_summed_by_currency(client_of, jd):
    received(jd.kam, jd.account)
    received(jd.kam, jd.account, external_number="D-2", amount=20, on=TODAY.replace(year=2020))
    done = received(jd.kam, jd.account, external_number="D-3", amount=7)
    proposed(jd.kam, validated(jd.kam, done), 0, "Not ours")
    answer(done, jd.finance)
    page = client_of(jd.kam).get("/claims/").content.decode()
    ages = text_of(type("P", (), {"content": page.split("</table>")[0].encode()})())
    assert re.search(r"CNY 0–30 days 80\.00 1 .* over 90 days 20\.00 1 Open 100\.00 2", ages), ages


@pytest.mark.parametrize(("language", "said"), [("fr", "Réclamations"), ("zh-hans", "索赔")])
def test_the_page_speaks_the_readers_language(client_of, jd, language, said):
    received(jd.kam, jd.account)
    page = client_of(jd.kam).get("/claims/", headers={"Accept-Language": language})
    assert said in text_of(page)


def test_matched_parts_stay_visible_once_decided(client_of, jd):
    accrue(jd.agreement, "volume", 100)
    claim = validated(jd.kam, received(jd.kam, jd.account), part(jd.agreement, "volume", 80))
    proposed(jd.kam, claim, 80)
    answer(claim, jd.finance)
    page = text_of(client_of(jd.kam).get(f"/claims/{claim.id}/"))
    assert "Set against 1 condition" in page
    assert "approved" in page


def test_finance_settles_and_the_rest_waits_for_two(client_of, jd, settings, tmp_path):
    settings.KEYSTEAD_HOME = tmp_path
    accrue(jd.agreement, "volume", 100)
    claim = validated(jd.kam, received(jd.kam, jd.account), part(jd.agreement, "volume", 80))
    proposed(jd.kam, claim, 50, "Only 50 shown")
    answer(claim, jd.finance)
    home = f"/claims/{claim.id}/"
    assert client_of(jd.kam).get(f"{home}settle/").status_code == 403
    paid = {"day": TODAY, "credit_note": "CN-1"}
    assert client_of(jd.finance).post(f"{home}settle/", paid).status_code == 302
    rest = {"amount": "31", "place": f"{jd.agreement.id}:volume", "reason": "Small"}
    refused = client_of(jd.kam).post(f"{home}write-off/", rest)
    assert (refused.status_code, "At most" in text_of(refused)) == (422, True)
    asked = client_of(jd.kam).post(f"{home}write-off/", {**rest, "amount": "30"})
    assert asked.status_code == 302
    row = models.Claim.objects.get()
    assert (row.state, row.credit_note, row.giving_up) == ("settled", "CN-1", 30)
