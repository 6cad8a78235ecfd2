"""Screens through the client: from an empty card to a talk; rights; the map as data."""

import re

import pytest

from keystead.accounts.tests.factories import account
from keystead.kit.testing.page import text_of
from keystead.stakeholders import models
from keystead.stakeholders.queries import contacts_at
from keystead.stakeholders.tests.factories import TODAY, met, person, role
from keystead.stakeholders.types import RoleKind

pytestmark = pytest.mark.django_db
WHO = {"name": "Hélène Dupont", "title": "Dr", "job_title": "Director", "email": "h@chu.fr",
       "channel": "mail", "basis": "interest"}  # fmt: skip


@pytest.fixture
def chu(kam):
    return account(kam, "CHU", kind="hospital")


def test_from_an_empty_card_to_the_plan(client_of, kam, chu):
    client, home = client_of(kam), f"/accounts/{chu.id}/people/"
    assert "Who releases the money?" in text_of(client.get(home))
    made = client.post(f"{home}new/?role=economic_buyer", WHO)
    assert made.status_code == 302, text_of(made)
    one = contacts_at(kam, chu.id)[0]
    page = f"/people/{one.id}/"
    assert made["Location"] == f"{page}role/?role=economic_buyer"
    held = {"role": "economic_buyer", "evidence": "Minutes", "certainty": "high",
            "reviewed_on": TODAY}  # fmt: skip
    assert client.post(f"{page}role/", held).status_code == 302
    opinion = {"power": 5, "interest": 3, "stance": 1, "note": "Says so", "version": 0}
    assert client.post(f"{page}opinion/", opinion).status_code == 302
    assert client.post(f"{page}opinion/", opinion).status_code == 409
    rhythm = {"every_days": 30, "owner": kam.user_id, "channel": "meeting", "topics": "Prices"}
    assert client.post(f"{page}rhythm/", rhythm).status_code == 302
    talk = {"kind": "meeting", "on": TODAY, "subject": "Renewal", "people": one.id,
            "colleagues": kam.user_id, "initiator": "them", "next_step": "Send it"}  # fmt: skip
    assert client.post(f"{home}talk/", talk).status_code == 302
    shown = text_of(client.get(home))
    assert re.search(r"Dr Hélène Dupont Director Economic buyer 69 .* 5 3 \+1 in favour", shown)
    assert "relationship 69 of 100" in shown
    assert "Hélène Dupont" in text_of(client.get("/people/"))
    held = models.Interaction.objects.get()
    client.post(f"/people/talks/{held.pk}/done/", {"version": 1})
    assert 'value="Send it"' in client.get(f"/people/talks/{held.pk}/").content.decode()
    held.refresh_from_db()
    assert held.next_done
    about = text_of(client.get(page))
    assert "Relationship 69 of 100" in about
    assert "Recency: halves every 90 days 100.0% 40.0% 40" in about


def test_who_may_not_see_opinions_is_not_shown_them(client_of, kam, chu, make_actor):
    one = person(kam, chu)
    client_of(kam).post(f"/people/{one.id}/opinion/",
                        {"power": 5, "interest": 3, "stance": -2, "note": "SECRET"})  # fmt: skip
    role(kam, one, RoleKind.BLOCKER)
    viewer = client_of(make_actor("fin", "finance"))
    for path in (f"/accounts/{chu.id}/people/", f"/accounts/{chu.id}/people/map/",
                 f"/accounts/{chu.id}/people/map/data/", f"/people/{one.id}/",
                 f"/accounts/{chu.id}/panels/people/"):  # fmt: skip
        answer = viewer.get(path)
        assert answer.status_code == 200
        for word in ("SECRET", "against us", "Blocker", '"stance": -2'):
            assert word not in answer.content.decode(), (path, word)
    assert viewer.get(f"/people/{one.id}/edit/").status_code == 403
    assert viewer.get(f"/people/{one.id}/opinion/").status_code == 403


def test_a_foreign_person_is_a_missing_one(client_of, kam, other_kam, chu):
    one, client = person(kam, chu), client_of(other_kam)
    talk = met(kam, one)
    for path in (f"/people/{one.id}/", f"/people/{one.id}/edit/", f"/people/talks/{talk.id}/",
                 f"/accounts/{chu.id}/people/", f"/accounts/{chu.id}/people/map/data/"):  # fmt: skip
        assert client.get(path).status_code == 404, path
    assert client.post(f"/people/talks/{talk.id}/done/").status_code == 404


def test_the_map_has_people_ties_and_who_is_missing(client_of, kam, chu):
    boss, lead = person(kam, chu, "Boss"), person(kam, chu, "Lead")
    client = client_of(kam)
    tie = {"source": lead.id, "to": boss.id, "kind": "reports_to", "weight": "2"}
    assert client.post(f"/accounts/{chu.id}/people/tie/", tie).status_code == 302
    met(kam, lead)
    found = client.get(f"/accounts/{chu.id}/people/map/data/").json()
    people = [node["name"] for node in found["nodes"] if not node.get("missing")]
    assert (people, len(found["nodes"])) == (["Boss", "Lead"], 8)
    assert [(edge["source"], edge["target"]) for edge in found["edges"]] == [
        (f"p{lead.id}", f"p{boss.id}")
    ]
    matrix = text_of(client.get(f"/accounts/{chu.id}/people/map/?view=matrix"))
    assert re.search(r"Name Lin Wei Of ours Boss .* 0 Lead .* ?1 1", matrix), matrix
    stored = models.Tie.objects.get()
    assert client.post(f"/people/ties/{stored.pk}/remove/").status_code == 302
    assert not models.Tie.objects.exists()
