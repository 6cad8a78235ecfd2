"""The way back in by mail: only with a mail server, once, and to the present address."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from keystead.doors.web.tests.signing import enter
from keystead.kit import mail as letters
from keystead.kit.models import AuditEntry, Letter, User

pytestmark = pytest.mark.django_db
NEW = "three little boats at noon"


@pytest.fixture
def mailing(settings) -> None:
    settings.KEYSTEAD_MAIL = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def lin(make_user: Callable[..., User]) -> User:
    return make_user("lin", "kam", language="zh-hans", email="lin@keystead.example")


def ask(client: Client, address: str = "lin@keystead.example") -> str:
    answer = client.post("/sign-in/forgotten/", {"email": address})
    assert answer["Location"] == "/sign-in/forgotten/sent/"
    assert all("keystead" not in str(letter.data) for letter in Letter.objects.all())  # sealed
    letters.send_waiting()
    return next((line for line in mail.outbox[-1].body.split() if "://" in line), "")


def test_without_a_mail_server_there_is_no_such_page(lin: User, client: Client) -> None:
    for path in ("", "sent/", "done/", "1-abc/"):
        assert client.get(f"/sign-in/forgotten/{path}").status_code == 404
    assert "forgotten" not in client.get("/sign-in/").content.decode()


def test_the_link_sets_a_new_password_once_and_ends_all_sessions(
    lin: User, client: Client, mailing: None
) -> None:
    elsewhere = Client()
    enter(elsewhere)
    assert "/sign-in/forgotten/" in client.get("/sign-in/").content.decode()
    link = ask(client)
    assert "密码" in mail.outbox[-1].body
    form = client.get(link, follow=True)
    set_at = form.redirect_chain[-1][0]
    assert link.split("-")[-1] not in set_at  # the key leaves the address
    assert client.post(set_at, {"password1": NEW})["Location"] == "/sign-in/forgotten/done/"
    letters.send_waiting()
    assert "密码已更改" in mail.outbox[-1].body
    assert elsewhere.get("/profile/").status_code == 302
    assert client.get("/profile/").status_code == 302  # a link opens no session
    assert enter(client, password=NEW).status_code == 302
    assert AuditEntry.objects.get(action="person.password").new == {"how": "mail"}
    again = Client().get(link, follow=True).content.decode()
    assert "password1" not in again


def test_a_weak_password_is_refused_there_too(
    lin: User, client: Client, mailing: None, settings
) -> None:
    settings.AUTH_PASSWORD_VALIDATORS = settings.KEYSTEAD_PASSWORD_VALIDATORS
    set_at = client.get(ask(client), follow=True).redirect_chain[-1][0]
    assert client.post(set_at, {"password1": "elevenchars"}).status_code == 422
    assert User.objects.get(pk=lin.pk).check_password("a-long-password")


def test_an_unknown_address_gets_the_same_answer_and_no_mail(
    lin: User, client: Client, mailing: None
) -> None:
    answer = client.post("/sign-in/forgotten/", {"email": "nobody@keystead.example"})
    assert answer["Location"] == "/sign-in/forgotten/sent/"
    letters.send_waiting()
    assert mail.outbox == []


def test_a_link_dies_with_the_address_it_was_sent_to(
    lin: User, client: Client, mailing: None
) -> None:
    link = ask(client)
    User.objects.filter(pk=lin.pk).update(email="new@keystead.example")
    assert "password1" not in client.get(link, follow=True).content.decode()
    cache.clear()
    client.post("/sign-in/forgotten/", {"email": "lin@keystead.example"})
    letters.send_waiting()
    assert len(mail.outbox) == 1  # the former address is nobody's now


def test_who_may_not_sign_in_gets_no_link(lin: User, client: Client, mailing: None) -> None:
    User.objects.filter(pk=lin.pk).update(is_active=False)
    client.post("/sign-in/forgotten/", {"email": "lin@keystead.example"})
    letters.send_waiting()
    assert mail.outbox == []


def test_who_comes_by_single_sign_on_gets_no_password_by_mail(
    lin: User, client: Client, mailing: None
) -> None:
    lin.set_unusable_password()
    lin.save()
    answer = client.post("/sign-in/forgotten/", {"email": "lin@keystead.example"})
    assert answer["Location"] == "/sign-in/forgotten/sent/"
    letters.send_waiting()
    assert mail.outbox == []


def test_asking_too_often_is_429(lin: User, client: Client, mailing: None) -> None:
    given = {"email": "lin@keystead.example"}
    answers = [client.post("/sign-in/forgotten/", given).status_code for _ in range(4)]
    assert answers == [302, 302, 302, 429]
    assert mail.outbox == []  # the worker sends them
    letters.send_waiting()
    assert len(mail.outbox) == 3
