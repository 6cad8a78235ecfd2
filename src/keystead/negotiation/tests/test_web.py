"""The pages of a case: what each person sees, what forms do, and that nothing of ours leaks."""

from __future__ import annotations

import pytest
from django.urls import reverse

from keystead.negotiation import queries, services
from keystead.negotiation.tests.house import PLANTED, case, issues
from keystead.negotiation.types.room import Draft

LOW = {"Term": "one year", "Rise": "2 percent"}


def plain(response):
    """The page with digits as they are stored, whatever groups them."""
    text = response.content.decode()
    return text.replace("\u202f", "").replace(",", "").replace("&nbsp;", "").replace("\xa0", "")


@pytest.mark.django_db
def test_who_makes_the_deal_sees_the_front_and_others_nothing_of_ours(kam, make_actor, client_of):
    made = case(kam)
    services.save_draft(
        actor=kam, negotiation_id=made.id, expected_version=made.version,
        draft=Draft("", "QDRAFT", LOW),
    )  # fmt: skip
    url = reverse("negotiation:case", args=[made.id])
    own = plain(client_of(kam).get(url))
    for word in ("QMANDATE", "QNODEAL", "771234", "662345", "883456", "QDRAFT", "data-chart-data"):
        assert word in own, word
    reader = client_of(make_actor("ming", "sales_ops"))
    for page in (url, reverse("negotiation:cases"),
                 reverse("negotiation:panel", args=[made.account_id])):  # fmt: skip
        seen = plain(reader.get(page))
        assert "Renewal 2027" in seen
        for word in (*PLANTED, "QDRAFT", "data-chart-data", "441728"):
            assert word not in seen, (page, word)
    for name in ("edit", "issues", "sides", "offer", "concession"):
        refused = reader.get(reverse(f"negotiation:{name}", args=[made.id]))
        assert refused.status_code == 403
    assert client_of(make_actor("v", "viewer")).get(url).status_code in (403, 404)


@pytest.mark.django_db
def test_issues_are_written_as_a_table_and_a_stale_save_shows_both(kam, client_of):
    made = case(kam)
    client, url = client_of(kam), reverse("negotiation:issues", args=[made.id])
    page = client.get(url)
    assert page.content.decode().count('name="option-') == 4 + 6
    rows = {
        "version": made.version,
        "issue-0": "Start", "our_weight-0": "2", "their_weight-0": "", "trust-0": "low",
        "option-0": "January", "our_money-0": "100", "their_money-0": "1",
        "option-1": "July", "our_money-1": "0", "their_money-1": "90",
    }  # fmt: skip
    assert client.post(url, rows).status_code == 302
    stored = queries.negotiation_for(kam, made.id)
    assert [one.name for one in stored.issues] == ["Start"]
    assert [one.name for one in stored.issues[0].options] == ["January", "July"]
    assert client.post(url, rows).status_code == 409
    wrong = {**rows, "version": stored.version, "option-1": ""}
    assert client.post(url, wrong).status_code == 422
    assert queries.negotiation_for(kam, made.id) == stored


@pytest.mark.django_db
def test_a_draft_is_made_of_a_package_and_sent(kam, client_of):
    made = case(kam)
    client = client_of(kam)
    form = client.get(reverse("negotiation:offer", args=[made.id]) + "?package=1")
    assert '<option value="three years" selected>' in form.content.decode()
    body = {"version": made.version, "name": "First", "issue_0": "three years",
            "issue_1": "5 percent", "valid_until": ""}  # fmt: skip
    assert client.post(reverse("negotiation:offer", args=[made.id]), body).status_code == 302
    made = queries.negotiation_for(kam, made.id)
    step = reverse("negotiation:draft_step", args=[made.id, "a", "send"])
    client.post(step, {"version": made.version})
    assert [one.name for one in queries.offers_of(kam, made.id)] == ["First"]
    assert (
        issues()[0].name in client.get(reverse("negotiation:case", args=[made.id])).content.decode()
    )
