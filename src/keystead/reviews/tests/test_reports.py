"""Reports by mail: once a period, with the rights of that moment, to oneself alone."""

from __future__ import annotations

import io
from datetime import datetime
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from django.utils import timezone
from pptx import Presentation

from keystead.accounts import services as accounts
from keystead.accounts.tests.factories import account
from keystead.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from keystead.kernel.periods import Period
from keystead.kit import mail
from keystead.kit.access import SYSTEM, actor_for
from keystead.kit.models import AuditEntry, User
from keystead.reviews import models
from keystead.reviews import services as reviews
from keystead.reviews.models import ReviewRow
from keystead.reviews.queries.subscriptions import (
    document_of,
    minutes_saved,
    reports_of,
    sent_of,
)
from keystead.reviews.services import subscriptions as services
from keystead.reviews.services.writing import proofs_behind, written
from keystead.reviews.tests.factories import Q3, review
from keystead.reviews.types.cycle import ReviewKind
from keystead.reviews.types.subscriptions import (
    Every,
    ReportEntry,
    ReportKind,
    SentState,
    reviewed,
)

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
    assert name.endswith("-internal.xlsx")
    assert book.properties.category.startswith("Usage interne")
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


def test_the_deck_of_the_running_quarter_comes_every_week(world, mailoutbox) -> None:
    kam, one = world
    weekly = ReportEntry(kind=ReportKind.REVIEW, account_id=one.id, minutes=45, language="fr")
    services.subscribe(actor=kam, entry=weekly)
    services.queue_due()
    mail.send_waiting()
    ((name, content, kind),) = mailoutbox[0].attachments
    assert kind.endswith("presentation")
    today = timezone.localdate()
    quarter = Period.quarter(today.year, (today.month - 1) // 3 + 1)
    assert name == f"R-1-{quarter}-internal.pptx"  # nobody approved it: ours, and marked so
    assert "n'est pas approuvée" in mailoutbox[0].body
    said = [text for slide in Presentation(io.BytesIO(content)).slides
            for shape in slide.shapes if shape.has_text_frame
            for text in [shape.text_frame.text]]  # fmt: skip
    assert any("Revue trimestrielle" in text for text in said)
    assert not ReviewRow.objects.exists()  # a report begins no review
    (mine,) = reports_of(kam)
    assert mine.minutes_this_year == minutes_saved(kam) == 45


def test_a_frozen_review_comes_as_it_was_frozen(world, monkeypatch) -> None:
    kam, one = world
    monkeypatch.setattr(timezone, "localdate", lambda *_: LATE.date())
    entry = ReportEntry(kind=ReportKind.REVIEW, account_id=one.id, every=Every.QUARTER, inside=True)
    assert reviewed(Every.QUARTER, LATE.date()) == (ReviewKind.QUARTER, Q3)
    held = reviews.freeze_review(actor=kam, review_id=review(kam, one).id)
    made = document_of(kam, entry)
    assert made.name == "R-1-2026-Q3-internal.pptx"
    link = proofs_behind(mail.link("/"))
    deck = reviews.build_deck(kam, held, "en", inside=True, link=link)
    assert made.content == written(deck, None, inside=True)


def test_an_approved_deck_passes_the_guard_on_its_way(world, monkeypatch, mailoutbox):
    kam, one = world
    monkeypatch.setattr(timezone, "localdate", lambda *_: LATE.date())
    held = reviews.freeze_review(actor=kam, review_id=review(kam, one).id)
    reviews.approve_review(actor=SYSTEM, review_id=held.id)
    entry = ReportEntry(kind=ReportKind.REVIEW, account_id=one.id, every=Every.QUARTER)
    services.subscribe(actor=kam, entry=entry)
    services.queue_due()
    mail.send_waiting()
    ((name, _content, _kind),) = mailoutbox[0].attachments
    assert name == "R-1-2026-Q3.pptx"
    assert "It was looked over" in mailoutbox[0].body
    assert AuditEntry.objects.filter(action="outbound.release").count() == 1


def test_who_may_not_export_gets_no_deck(world, make_user) -> None:
    kam, one = world
    other = actor_for(make_user("other", "kam"))
    viewer = actor_for(make_user("viewer", "viewer"))
    entry = ReportEntry(kind=ReportKind.REVIEW, account_id=one.id)
    for who in (other, viewer):
        with pytest.raises((NotFound, NotAllowed)):
            services.subscribe(actor=who, entry=entry)
    with pytest.raises(Invalid):
        services.subscribe(actor=kam, entry=scorecard(one, every=Every.QUARTER))
    assert not models.SubscriptionRow.objects.exists()
