"""Reports by mail: once a period, with the rights of that moment, to oneself alone."""

from __future__ import annotations

import io
from datetime import datetime
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from django.utils import timezone

from keystead.accounts import services as accounts
from keystead.accounts.tests.factories import account
from keystead.kernel.errors import Conflict, Invalid, NotFound
from keystead.kit import mail
from keystead.kit.access import actor_for
from keystead.kit.models import AuditEntry, User
from keystead.reviews import models
from keystead.reviews.queries.subscriptions import minutes_saved, reports_of, sent_of
from keystead.reviews.services import subscriptions as services
from keystead.reviews.types.subscriptions import Every, ReportEntry, ReportKind, SentState

pytestmark = pytest.mark.django_db
LATE = datetime(2026, 11, 29, 23, tzinfo=ZoneInfo("UTC"))  # a Sunday: every day is over


@pytest.fixture
def world(make_user, settings, monkeypatch):
    settings.KEYSTEAD_MAIL = True
    monkeypatch.setattr(timezone, "localtime", lambda *_: LATE)
    kam = actor_for(make_user("kam", "kam", email="kam@example.org"))
    return kam, account(kam, "R-1")


def scorecard(one, **changes):
    return ReportEntry(
        **{"kind": ReportKind.SCORECARD, "account_id": one.id, "minutes": 20, **changes}
    )


def test_a_report_is_sent_once_a_period_with_its_workbook(world, mailoutbox) -> None:
    kam, one = world
    made = services.subscribe(actor=kam, entry=scorecard(one, language="fr"))
    assert (services.queue_due(), services.queue_due()) == (1, 0)
    assert mail.send_waiting()["sent"] == 1
    (letter,) = mailoutbox
    assert letter.to == ["kam@example.org"]
    assert "2026-W48" in letter.subject
    ((name, content, kind),) = letter.attachments
    assert name.startswith("R-1-scorecard")
    assert kind.endswith("sheet")
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.worksheets[0].max_row > 1
    assert minutes_saved(kam, timezone.now().year) == 20
    assert [one.state for one in sent_of(kam)] == [SentState.SENT]
    with pytest.raises(Conflict):
        services.send_now(actor=kam, report_id=made.id)
    assert AuditEntry.objects.filter(action="report.subscribe").count() == 1


def test_a_right_that_is_gone_stops_it_with_a_notice(world, mailoutbox) -> None:
    kam, one = world
    services.subscribe(actor=kam, entry=scorecard(one))
    User.objects.filter(pk=kam.user_id).update(roles=["marketing"])
    services.queue_due()
    models.SubscriptionRow.objects.update(account_id=one.id)
    User.objects.filter(pk=kam.user_id).update(roles=["admin"])
    mail.send_waiting()
    (letter,) = mailoutbox
    assert "not sent any more" in letter.subject
    assert letter.attachments == []
    (found,) = reports_of(kam)
    assert not found.active
    assert found.stopped
    assert services.queue_due() == 0
    assert minutes_saved(kam) == 0
    assert AuditEntry.objects.filter(action="report.stop").count() == 1


def test_an_account_that_went_to_somebody_else_is_told_not_sent(
    world, make_user, mailoutbox
) -> None:
    kam, one = world
    heir = make_user("heir", "kam")
    services.subscribe(actor=kam, entry=scorecard(one))
    accounts.hand_over(actor=kam, account_id=one.id, to_user_id=heir.pk, reason="new region")
    services.queue_due()
    mail.send_waiting()
    assert [letter.attachments for letter in mailoutbox] == [[]]


def test_the_portfolio_comes_as_the_reader_sees_it(world, make_user, mailoutbox) -> None:
    kam, _one = world
    account(actor_for(make_user("other", "kam")), "FOREIGN-9")
    services.subscribe(
        actor=kam, entry=ReportEntry(kind=ReportKind.PORTFOLIO, every=Every.MONTH, day=28)
    )
    services.queue_due()
    mail.send_waiting()
    (_name, content, _kind) = mailoutbox[0].attachments[0]
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}
    assert any("R-1" in cell for cell in cells)
    assert not any("FOREIGN-9" in cell for cell in cells)


def test_what_cannot_be_subscribed(world, make_user) -> None:
    kam, one = world
    foreign = account(actor_for(make_user("other", "kam")), "FOREIGN-9")
    for wrong in ({"hour": 24}, {"day": 8}, {"account_id": None}, {"language": "xx"},
                  {"minutes": 601}):  # fmt: skip
        with pytest.raises(Invalid):
            services.subscribe(actor=kam, entry=scorecard(one, **wrong))
    with pytest.raises(NotFound):
        services.subscribe(actor=kam, entry=scorecard(foreign))
    assert not models.SubscriptionRow.objects.exists()
    made = services.subscribe(actor=kam, entry=scorecard(one))
    with pytest.raises(NotFound):
        services.end(actor=actor_for(User.objects.get(username="other")), report_id=made.id)
    services.end(actor=kam, report_id=made.id)
    assert services.queue_due() == 0


def test_without_a_mail_server_nothing_is_queued(world, settings) -> None:
    kam, one = world
    made = services.subscribe(actor=kam, entry=scorecard(one))
    settings.KEYSTEAD_MAIL = False
    assert services.queue_due() == 0
    with pytest.raises(Invalid):
        services.send_now(actor=kam, report_id=made.id)
    assert not models.SentRow.objects.exists()


def test_my_reports_as_a_page(world, client_of) -> None:
    kam, one = world
    client = client_of(kam)
    typed = {"kind": "scorecard", "account": one.id, "every": "week", "day": 1, "hour": 7,
             "language": "en", "minutes": 15}  # fmt: skip
    assert client.post("/my-reports/new/", typed).status_code == 302
    (found,) = reports_of(kam)
    assert "Scorecard of an account" in client.get("/my-reports/").content.decode()
    assert client.get("/api/reports").json()["items"][0]["account"] == "R-1"
    assert client.post("/my-reports/end/", {"report": found.id}).status_code == 302
    assert not reports_of(kam)[0].active
