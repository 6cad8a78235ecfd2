"""Sessions: seen, ended, timed out; browsers that were never used before; fresh sign-in."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from conftest import signed_in
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client

from keystead.doors.web.models import Device, Notice
from keystead.doors.web.sign_in.middleware import BEGAN, SEEN
from keystead.doors.web.tests.signing import PASSWORD, enter, turn_on
from keystead.governance.services import approvals
from keystead.governance.types.approvals import Ask, Facts, SubjectKind
from keystead.kit import mail as letters
from keystead.kit import outbox
from keystead.kit.access import Actor
from keystead.kit.models import ApiToken, AuditEntry, User

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Actor], Client]


@pytest.fixture
def mailing(settings) -> None:
    settings.KEYSTEAD_MAIL = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def entered(name: str = "lin", **more: str) -> Client:
    client = Client()
    assert enter(client, name, **more).status_code == 302
    return client


def test_the_profile_lists_ones_own_sessions(kam: Actor, other_kam: Actor) -> None:
    entered("claire")
    here, phone = entered(), entered(agent="Mozilla/5.0 (iPhone) Safari/604.1")
    page = here.get("/profile/").content.decode()
    assert "Firefox, Linux" in page
    assert "Safari, iPhone" in page
    assert page.count("127.0.0.1") >= 2
    assert len(here.get("/profile/").context["visits"]) == 2
    assert phone.get("/profile/").context["visits"][0].agent == "Safari, iPhone"


def test_one_session_is_ended_from_another(kam: Actor) -> None:
    here, lost = entered(), entered()
    visit = next(one for one in here.get("/profile/").context["visits"] if not one.here)
    assert here.post(f"/profile/sessions/{visit.id}/end/").status_code == 302
    assert lost.get("/profile/").status_code == 302
    assert here.get("/profile/").status_code == 200
    entry = AuditEntry.objects.get(action="session.end")
    assert (entry.actor_id, entry.new) == (kam.user_id, {"ended": 1})


def test_ending_a_session_needs_a_fresh_proof(kam: Actor, settings) -> None:  # type: ignore[no-untyped-def]
    here, lost = entered(), entered()
    visit = next(one for one in here.get("/profile/").context["visits"] if not one.here)
    settings.KEYSTEAD_RECENT_SECONDS = 0
    for path in (f"/profile/sessions/{visit.id}/end/", "/profile/sessions/end-others/"):
        assert here.post(path)["Location"].startswith("/sign-in/again/")
    assert lost.get("/profile/").status_code == 200


def test_all_other_sessions_are_ended_at_once(kam: Actor) -> None:
    here, others = entered(), [entered(), entered()]
    here.post("/profile/sessions/end-others/")
    assert [one.get("/profile/").status_code for one in others] == [302, 302]
    assert here.get("/profile/").status_code == 200


def test_nobody_ends_a_foreign_session(kam: Actor, other_kam: Actor) -> None:
    mine, theirs = entered(), entered("claire")
    visit = theirs.get("/profile/").context["visits"][0]
    assert mine.post(f"/profile/sessions/{visit.id}/end/").status_code == 404
    assert mine.post(f"/users/{other_kam.user_id}/sessions/end/").status_code == 403
    assert theirs.get("/profile/").status_code == 200


def test_an_administrator_signs_somebody_out_everywhere(
    kam: Actor, admin: Actor, client_of: ClientOf
) -> None:
    lost = [entered(), entered()]
    page = client_of(admin).get(f"/users/{kam.user_id}/").content.decode()
    assert "Firefox, Linux" in page
    client_of(admin).post(f"/users/{kam.user_id}/sessions/end/")
    assert [one.get("/profile/").status_code for one in lost] == [302, 302]
    entry = AuditEntry.objects.get(action="session.end")
    assert (entry.actor_id, entry.subject_id) == (admin.user_id, str(kam.user_id))


@pytest.mark.parametrize("key", [SEEN, BEGAN])
def test_a_session_that_idles_or_lasts_too_long_is_over(key: str, kam: Actor, settings) -> None:
    settings.KEYSTEAD_SESSION_IDLE_SECONDS, settings.SESSION_COOKIE_AGE = 600, 3600
    limit = {SEEN: 600, BEGAN: 3600}[key]
    for late, status in ((-60, 200), (60, 302)):
        client = entered()
        session = client.session
        session[key] = int(time.time()) - limit - late
        session.save()
        assert client.get("/profile/").status_code == status, late
        assert client.get("/api/me").status_code == {200: 200, 302: 401}[status]


def test_a_new_browser_leaves_a_notice_and_sends_a_mail(
    make_user: Callable[..., User], mailing: None
) -> None:
    make_user("lin", "kam", language="fr", email="lin@keystead.example")
    home = entered()
    assert not Notice.objects.exists()  # nothing to compare the first sign-in with
    home.post("/sign-out/")
    enter(home)
    assert not Notice.objects.exists()  # the same browser again
    entered(agent="Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Edg/140.0")
    assert Notice.objects.get().data["address"] == "127.0.0.1"
    letters.send_waiting()
    [sent] = mail.outbox
    assert sent.to == ["lin@keystead.example"]
    assert "Edge, Windows" in sent.body
    assert "Était-ce vous" in sent.body
    assert Device.objects.count() == 2


def test_the_mark_of_a_browser_is_stored_as_a_hash_and_is_per_person(
    kam: Actor, other_kam: Actor
) -> None:
    home = entered()
    mark = home.cookies["keystead_device"].value
    assert mark not in str(list(Device.objects.values()))
    home.post("/sign-out/")
    entered("claire").post("/sign-out/")
    enter(home, "claire")  # a browser that she never used, though it is known for lin
    assert Notice.objects.get().user_id == other_kam.user_id


def test_a_notice_is_shown_until_it_is_read(kam: Actor, other_kam: Actor) -> None:
    entered()
    client = entered()
    for page in ("/", "/profile/"):
        assert "A new device signed in as you" in client.get(page).content.decode()
    notice = Notice.objects.get()
    assert entered("claire").post(f"/profile/notices/{notice.pk}/read/").status_code == 404
    client.post(f"/profile/notices/{notice.pk}/read/", {"next": "/"})
    assert "A new device signed in as you" not in client.get("/").content.decode()


def test_a_change_of_the_way_in_is_told_by_mail(
    make_user: Callable[..., User], admin: Actor, client_of: ClientOf, mailing: None
) -> None:
    user = make_user("lin", "kam", language="fr", email="lin@keystead.example")
    client = entered()
    turn_on(client)
    client_of(admin).post(f"/users/{user.pk}/two-steps/off/")
    new = "three little boats at noon"
    client.post("/profile/password/", {"current": PASSWORD, "new": new})
    given = {"name": "Lin", "email": user.email, "roles": ["kam"], "language": "fr"}
    client_of(admin).post(f"/users/{user.pk}/", {**given, "active": "on", "password": new + "!"})
    letters.send_waiting()
    told = [message.body.split(".")[0] for message in mail.outbox]
    password = "Le mot de passe a été changé"
    assert told == [
        "La seconde étape a été activée", "La seconde étape a été désactivée", password, password,
    ]  # fmt: skip


def test_a_new_password_keeps_this_session_in_the_list(kam: Actor) -> None:
    client = entered()
    given = {"current": PASSWORD, "new": "three little boats at noon"}
    assert client.post("/profile/password/", given).status_code == 302
    assert [one.here for one in client.get("/profile/").context["visits"]] == [True]


def test_expired_sessions_do_not_pile_up(kam: Actor) -> None:
    entered()
    Session.objects.update(expire_date="2020-01-01T00:00:00Z")
    entered()
    assert Session.objects.count() == 1


def test_a_mail_that_cannot_be_sent_keeps_nobody_out(
    make_user: Callable[..., User], settings
) -> None:
    settings.KEYSTEAD_MAIL = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    make_user("lin", "kam", email="lin@keystead.example")
    entered()
    entered()
    assert Notice.objects.count() == 1


def test_a_token_asks_for_a_fresh_sign_in(kam: Actor) -> None:
    client = signed_in(User.objects.get(pk=kam.user_id), seconds_ago=3600)
    given = {"label": "Power BI", "days": "30"}
    answer = client.post("/profile/tokens/", given)
    assert answer["Location"].startswith("/sign-in/again/?next=")
    refused = client.post("/api/me/tokens", {"label": "x"}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "sign_in_again")
    assert not ApiToken.objects.exists()
    place = answer["Location"]
    assert client.post(place, {"password": "wrong"}).status_code == 422
    assert client.post("/profile/tokens/", given).status_code == 302
    assert client.post(place, {"password": PASSWORD})["Location"] == "/profile/"
    assert client.post("/profile/tokens/", given).status_code == 200
    assert ApiToken.objects.count() == 1


def test_confirming_is_slowed_down_too(kam: Actor) -> None:
    client = signed_in(User.objects.get(pk=kam.user_id), seconds_ago=3600)
    answers = [client.post("/sign-in/again/", {"password": "wrong"}).status_code for _ in range(11)]
    assert answers[:8] == [422] * 8
    assert set(answers[8:]) == {429}


def test_a_named_command_does_not_hide_the_tries(kam: Actor) -> None:
    client = signed_in(User.objects.get(pk=kam.user_id), seconds_ago=3600)
    answers = [
        client.post(
            "/sign-in/again/", {"password": "wrong"}, headers={"Idempotency-Key": f"try-{number}"}
        ).status_code
        for number in range(9)
    ]
    assert answers == [422] * 8 + [429]
    assert AuditEntry.objects.filter(action="sign_in.refused").count() == 8


def test_the_present_password_cannot_be_guessed_on_the_profile(kam: Actor) -> None:
    client = signed_in(User.objects.get(pk=kam.user_id))
    given = {"current": "wrong", "new": "three little boats at noon"}
    answers = [
        client.post(
            "/profile/password/", given, headers={"Idempotency-Key": f"try-{number}"}
        ).status_code
        for number in range(6)
    ]
    assert answers == [422] * 5 + [429]


@pytest.mark.parametrize("path", ["/users/add/", "/users/{kam}/", "/users/{kam}/sessions/end/",
                                  "/users/{kam}/two-steps/off/"])  # fmt: skip
def test_managing_people_asks_for_a_fresh_sign_in(path: str, kam: Actor, admin: Actor) -> None:
    client = signed_in(User.objects.get(pk=admin.user_id), seconds_ago=3600)
    given = {"username": "ma", "password": "a long sentence", "roles": ["kam"], "language": "en"}
    place = path.format(kam=kam.user_id)
    answer = client.post(place, given, headers={"Referer": "http://testserver/users/add/"})
    assert answer["Location"] == "/sign-in/again/?next=%2Fusers%2Fadd%2F"
    assert not User.objects.filter(username="ma").exists()
    assert User.objects.get(pk=kam.user_id).roles == ["kam"]


@pytest.mark.parametrize(
    ("approve", "words"),
    [(True, "Your request was approved"), (False, "Your request was returned")],
)
def test_the_one_who_asked_sees_how_it_ended(
    kam: Actor, make_actor: Callable[..., Actor], client_of: ClientOf, approve: bool, words: str
) -> None:
    boss = make_actor("boss", "director", first_name="Dora")
    asked = approvals.request_approval(
        actor=kam,
        ask=Ask(
            kind=SubjectKind.OFFER, subject_id="7", title="Offer <7>", content_hash="h",
            facts=Facts(),
        ),
    )  # fmt: skip
    home = client_of(kam)
    assert words not in home.get("/").content.decode()
    approvals.decide(actor=boss, request_id=asked.id, approve=approve, reason="Seen & weighed")
    outbox.deliver_waiting()
    page = home.get("/").content.decode()
    for text in (words, "Offer &lt;7&gt;", "Dora", "Seen &amp; weighed", f"/approvals/{asked.id}/"):
        assert text in page
    assert words not in client_of(boss).get("/").content.decode()
    notice = Notice.objects.get()
    home.post(f"/profile/notices/{notice.pk}/read/", {"next": "/"})
    assert words not in home.get("/").content.decode()


def test_several_approvals_are_told_as_one(
    kam: Actor, make_actor: Callable[..., Actor], client_of: ClientOf
) -> None:
    boss = make_actor("boss", "director", first_name="Dora")
    for number, approve in ((1, True), (2, False), (3, True), (4, True)):
        asked = approvals.request_approval(
            actor=kam,
            ask=Ask(
                kind=SubjectKind.OFFER, subject_id=str(number), title=f"Offer {number}",
                content_hash="h", facts=Facts(),
            ),
        )  # fmt: skip
        approvals.decide(actor=boss, request_id=asked.id, approve=approve, reason="Seen")
    outbox.deliver_waiting()
    other = Notice.objects.create(user_id=boss.user_id, kind="approval_decided", data={})
    home = client_of(kam)
    page = home.get("/").content.decode()
    assert "3 of your requests were approved" in page
    assert page.count("I have read them") == 1
    assert page.count("Your request was returned") == 1
    for number in (1, 2, 3, 4):
        assert f"Offer {number}" in page
    mine = list(
        Notice.objects.filter(user_id=kam.user_id, data__approved=True).values_list("pk", flat=True)
    )
    also = [*mine[1:], other.pk, "x"]
    home.post(f"/profile/notices/{mine[0]}/read/", {"next": "/", "also": also})
    page = home.get("/").content.decode()
    assert "requests were approved" not in page
    assert page.count("Your request was returned") == 1
    other.refresh_from_db()
    assert other.read_at is None, "nobody puts another's notice away"
