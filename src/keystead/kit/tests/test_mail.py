"""Letters: stored with the change, sent once, in the reader's language, tried again when refused."""

import pytest
from django.db import transaction
from django.utils.translation import gettext

from keystead.kit import mail
from keystead.kit.models import Job, Letter

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def server(settings):
    settings.KEYSTEAD_MAIL = True
    settings.CSRF_TRUSTED_ORIGINS = ["https://keystead.example"]
    kept = dict(mail._letters)
    mail.letter("t.hello")(lambda user, data: (gettext("Menu"), f"{user} {data['n']}"))
    mail.letter("t.stale")(lambda user, data: None)
    yield
    mail._letters.clear()
    mail._letters.update(kept)


@pytest.fixture
def lin(make_user):
    return make_user("lin", language="fr", email="lin@example.org")


def post(user, key="a", kind="t.hello"):
    with transaction.atomic():
        return mail.post(user_ids=[user.pk], kind=kind, key=key, data={"n": 1})


def test_one_key_reaches_a_person_once(lin, mailoutbox):
    assert (post(lin), post(lin), post(lin, key="b")) == (1, 0, 1)
    assert mail.send_waiting() == {"sent": 2, "dropped": 0, "failed": 0}
    assert mail.send_waiting() == {"sent": 0, "dropped": 0, "failed": 0}
    assert [(one.to, one.body) for one in mailoutbox] == [(["lin@example.org"], "lin 1")] * 2


def test_it_speaks_the_readers_language(lin, make_user, mailoutbox):
    post(make_user("ann", language="zh-hans", email="ann@example.org"))
    post(lin)
    mail.send_waiting()
    assert [one.subject for one in mailoutbox] == ["菜单", "Menu"]


def test_nothing_is_kept_where_no_server_is_named(lin, settings):
    settings.KEYSTEAD_MAIL = False
    assert post(lin) == 0
    assert Letter.objects.count() == 0


def test_no_address_no_access_no_letter(lin, make_user):
    assert post(make_user("bo")) == 0
    lin.is_active = False
    lin.save()
    assert post(lin) == 0


def test_a_letter_of_a_change_that_failed_is_never_sent(lin, mailoutbox):
    with transaction.atomic():
        mail.post(user_ids=[lin.pk], kind="t.hello", key="a", data={"n": 1})
        transaction.set_rollback(True)
    assert mail.send_waiting()["sent"] == 0


def test_what_is_no_longer_worth_saying_is_dropped(lin, mailoutbox):
    post(lin, kind="t.stale")
    assert mail.send_waiting() == {"sent": 0, "dropped": 1, "failed": 0}
    assert mailoutbox == []


def test_a_server_that_is_away_is_tried_five_times(lin, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    post(lin)
    assert [mail.send_waiting()["failed"] for _ in range(6)] == [1, 1, 1, 1, 1, 0]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Letter.objects.update(tries=1)
    assert mail.send_waiting()["sent"] == 1


def test_an_unknown_kind_is_refused(lin):
    with pytest.raises(ValueError, match="no letter"):
        post(lin, kind="t.nothing")


def test_the_worker_is_told(lin, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        post(lin)
    assert Job.objects.get().kind == "kit.mail"


def test_a_line_break_in_a_subject_adds_no_header(lin, mailoutbox):
    mail.letter("t.evil")(lambda user, data: ("Hello\nBcc: x@example.org", "body"))
    post(lin, kind="t.evil")
    mail.send_waiting()
    assert mailoutbox[0].subject == "Hello Bcc: x@example.org"
    assert mailoutbox[0].bcc == []


def test_a_link_is_only_there_when_we_know_our_address(settings):
    assert mail.link("/approvals/") == "https://keystead.example/approvals/"
    settings.CSRF_TRUSTED_ORIGINS = ["https://*.example"]
    assert mail.link("/approvals/") == ""
