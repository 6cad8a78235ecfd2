"""The library of templates, copies, and two agreements side by side."""

from datetime import date
from decimal import Decimal

import pytest

from keystead.agreements import models
from keystead.agreements.tests.factories import account, draft, now, rebate, terms
from keystead.agreements.types import Baseline, Measure, PriceRow
from keystead.catalog.services import create_group
from keystead.kit.access import SYSTEM
from keystead.kit.testing.page import text_of

pytestmark = pytest.mark.django_db
D = Decimal
HEAD = {
    "title": "Next", "number": "", "kind": "annual", "starts": "2027-01-01", "last": "2027-12-31",
    "currency": "CNY", "maker_entity": "", "customer_entity": "", "law": "", "notice_days": "",
}  # fmt: skip


def save(client, found, **given):
    return client.post(f"/agreements/{found.id}/template/", {"name": "House terms", **given})


def test_a_template_without_figures_is_for_everyone(client_of, kam):
    create_group(actor=SYSTEM, code="A", name="Group A")
    found = draft(kam, account(kam, "JD"), terms=terms(prices=(PriceRow(D(5), "CNY", group="A"),)))
    other, client = account(kam, "TM"), client_of(kam)
    assert save(client, found).status_code == 302
    kept = models.TermsTemplate.objects.get()
    assert "tiers" not in kept.terms["conditions"][0]
    assert "prices" not in kept.terms
    assert "everyone, without figures" in text_of(client.get("/agreements/library/"))
    made = client.post("/agreements/new/", {**HEAD, "account": other.id, "template": kept.pk})
    assert made.status_code == 302, text_of(made)
    begun = models.Agreement.objects.get(account_id=other.id)
    assert now(begun.pk).versions[0].conditions[0].label == "Year-end rebate"
    sent = client.post(f"/agreements/{begun.pk}/step/submit/", {}, follow=True)
    assert "There is no rate." in text_of(sent)
    assert now(begun.pk).state == "draft"
    again = save(client, found)
    assert again.status_code == 422
    assert "There is a template of this name." in text_of(again)
    client.post(f"/agreements/library/{kept.pk}/remove/")
    assert not models.TermsTemplate.objects.exists()


def test_figures_of_one_customer_stay_in_its_group(client_of, kam, other_kam):
    jd, client = account(kam, "JD"), client_of(kam)
    other, found = account(kam, "TM"), draft(kam, jd)
    assert save(client, found, figures="on").status_code == 302
    kept = models.TermsTemplate.objects.get()
    refused = client.post("/agreements/new/", {**HEAD, "account": other.id, "template": kept.pk})
    assert refused.status_code == 403
    assert models.Agreement.objects.count() == 1
    made = client.post("/agreements/new/", {**HEAD, "account": jd.id, "template": kept.pk})
    assert made.status_code == 302
    assert now(models.Agreement.objects.last().pk).versions[0].conditions[0].tiers
    stranger = client_of(other_kam)
    assert "House terms" not in text_of(stranger.get("/agreements/library/"))
    assert stranger.post(f"/agreements/library/{kept.pk}/remove/").status_code == 404
    assert stranger.get(f"/agreements/{found.id}/compare/").status_code == 404


def test_a_copy_moves_typed_baselines_and_leaves_those_that_were_read(client_of, kam):
    months = tuple((date(2026, month, 1), D(100)) for month in range(1, 13))
    typed = Baseline("typed", Measure.NET_VALUE, months, currency="CNY", source="typed")
    read = Baseline("read", Measure.NET_VALUE, months, currency="CNY", source="sell_in")
    found = draft(
        kam, account(kam, "JD"), starts=date(2026, 1, 1), last=date(2026, 12, 31),
        terms=terms(baselines=(typed, read)),
    )  # fmt: skip
    given = {**HEAD, "account": found.account_id}
    assert client_of(kam).post(f"/agreements/{found.id}/copy/", given).status_code == 302
    copied = now(models.Agreement.objects.exclude(pk=found.id).get().pk).versions[0]
    assert [one.key for one in copied.baselines] == ["typed"]
    assert copied.baselines[0].months[0] == (date(2027, 1, 1), D(100))


def test_two_agreements_are_compared_in_sentences(client_of, kam):
    jd = account(kam, "JD")
    one, two = draft(kam, jd), draft(kam, jd, terms=terms(conditions=(rebate("volume"),)))
    page = text_of(client_of(kam).get(f"/agreements/{two.id}/compare/?with={one.id}"))
    assert one.number in page
    assert "at the bound: 1,000" in page
    same = text_of(client_of(kam).get(f"/agreements/{one.id}/compare/"))
    assert "Nothing changes." in same
