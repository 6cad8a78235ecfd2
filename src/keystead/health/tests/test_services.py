"""Surveys, answers, follow-ups through the services: once, expired, foreign, imported, erased."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail as outbox_mail
from django.db import DatabaseError, transaction
from django.utils import timezone

from keystead.accounts.tests.factories import account
from keystead.health import models, queries, services
from keystead.health.queries.personal import survey_answers
from keystead.health.services.surveys import hash_of
from keystead.health.tests.factories import (
    CSAT,
    NPS,
    TODAY,
    answered,
    entry,
    link_for,
    reader,
    stored,
    survey,
)
from keystead.health.types.scores import Signal
from keystead.health.types.surveys import FollowUpOutcome, FollowUpState, SurveyState
from keystead.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, SourceProblem
from keystead.kit.models import AuditEntry, Letter
from keystead.kit.testing.pack import RoomPack
from keystead.stakeholders import services as stakeholders
from keystead.stakeholders.queries.personal import held_about
from keystead.stakeholders.tests.factories import person

pytestmark = pytest.mark.django_db
D = Decimal


class TestSurveyPack(RoomPack):
    model = models.SurveyRow

    def prepare(self):
        self.account = account(self.writer)

    def create(self, actor):
        return survey(actor, self.account).id

    def change(self, actor, pk, version):
        services.edit_survey(
            actor=actor, survey_id=pk, expected_version=version,
            entry=entry(self.account, name="Other name"),
        )  # fmt: skip


class TestFollowUpPack(RoomPack):
    model = models.FollowUpRow

    def prepare(self):
        self.account = account(self.writer)
        self.survey = survey(self.writer, self.account)
        self.number = 0

    def create(self, actor):
        """Bring a file with one unhappy answer: that is how a person makes a follow-up."""
        self.number += 1
        content = f"date,nps,why\n{TODAY},2,reason {self.number}\n".encode()
        services.import_answers(
            actor=actor, survey_id=self.survey.id, content=content, name="a.csv"
        )
        return models.FollowUpRow.objects.latest("id").pk

    def change(self, actor, pk, version):
        services.edit_follow_up(
            actor=actor, follow_up_id=pk, expected_version=version,
            entry=services.FollowUpEntry(owner_id=None, due_on=TODAY + timedelta(days=9)),
        )  # fmt: skip


@pytest.fixture
def uni(kam):
    return account(kam, "UNI", name="Université Lyon", kind="university")


def test_from_the_question_to_the_closed_loop(kam, uni):
    found = survey(kam, uni)
    secret = link_for(kam, found, reader(kam, uni))
    assert services.sheet_of(secret).questions == (NPS, CSAT)
    entries = AuditEntry.objects.count()
    unhappy = services.answer(secret=secret, given={"nps": 3, "csat": 4, "why": "too slow"})
    assert unhappy is True
    assert AuditEntry.objects.count() == entries + 1
    told = AuditEntry.objects.latest("id")
    assert (told.action, told.actor_id, told.actor_name) == (
        "survey.answer", None, "Recipient of a survey",
    )  # fmt: skip
    assert "too slow" not in str(told.new)
    (waiting,) = queries.follow_ups_for(kam, still_open=True, mine=True)
    assert (waiting.person, waiting.owner_id) == ("Hélène Dupont", kam.user_id)
    assert waiting.due_on == TODAY + timedelta(days=5)
    assert [one.text or one.value for one in waiting.said] == [3, 4, "too slow"]
    done = services.FollowUpEntry(
        owner_id=kam.user_id, due_on=TODAY, outcome=FollowUpOutcome.SOLVED, note="Called her"
    )
    ended = services.edit_follow_up(
        actor=kam, follow_up_id=waiting.id, expected_version=waiting.version, entry=done
    )
    assert (ended.state, ended.outcome) == (FollowUpState.DONE, FollowUpOutcome.SOLVED)
    assert queries.follow_ups_for(kam, still_open=True) == ()


def test_an_end_says_what_was_done(kam, uni):
    answered(kam, survey(kam, uni), reader(kam, uni), 0)
    (one,) = queries.follow_ups_for(kam)
    empty = services.FollowUpEntry(owner_id=None, due_on=TODAY, outcome=FollowUpOutcome.SOLVED)
    with pytest.raises(Invalid):
        services.edit_follow_up(
            actor=kam, follow_up_id=one.id, expected_version=one.version, entry=empty
        )
    assert queries.follow_up_for(kam, one.id) == one


def test_a_happy_answer_asks_for_nothing(kam, uni):
    assert answered(kam, survey(kam, uni), reader(kam, uni), 9) is False
    assert queries.follow_ups_for(kam) == ()


def test_a_link_is_answered_once(kam, uni):
    secret = link_for(kam, survey(kam, uni), reader(kam, uni))
    services.answer(secret=secret, given={"nps": 9})
    with pytest.raises(Conflict):
        services.answer(secret=secret, given={"nps": 1})
    assert services.sheet_of(secret).answered
    assert models.AnswerRow.objects.get().value == 9


def test_only_the_hash_is_kept_and_a_new_link_ends_the_old_one(kam, uni):
    found = survey(kam, uni)
    old = link_for(kam, found, reader(kam, uni))
    row = models.InvitationRow.objects.get()
    assert row.token_hash == hash_of(old) != old
    assert len(old) >= 43
    new, _survey, name = services.make_link(actor=kam, invitation_id=row.pk)
    assert name == "Hélène Dupont"
    with pytest.raises(NotFound):
        services.sheet_of(old)
    assert not services.sheet_of(new).over
    assert not any(
        secret in f"{act.old}{act.new}{act.why}"
        for act in AuditEntry.objects.all()
        for secret in (old, new)
    )


def test_a_link_ends_with_its_day_and_with_its_survey(kam, uni):
    found = survey(kam, uni)
    secret = link_for(kam, found, reader(kam, uni))
    models.InvitationRow.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert services.sheet_of(secret).over
    with pytest.raises(Conflict):
        services.answer(secret=secret, given={"nps": 9})
    models.InvitationRow.objects.update(expires_at=timezone.now() + timedelta(days=1))
    services.close_survey(actor=kam, survey_id=found.id, expected_version=None)
    with pytest.raises(Conflict):
        services.answer(secret=secret, given={"nps": 9})
    assert not models.ResponseRow.objects.exists()


@pytest.mark.parametrize("given", [{}, {"nps": ""}, {"nps": "11"}, {"nps": "x"}, {"other": "5"}])
def test_an_answer_that_is_none_is_refused(kam, uni, given):
    secret = link_for(kam, survey(kam, uni), reader(kam, uni))
    with pytest.raises(Invalid):
        services.answer(secret=secret, given=given)
    assert not models.ResponseRow.objects.exists()
    assert not services.sheet_of(secret).over


def test_only_people_who_may_be_asked(kam, uni):
    found = survey(kam, uni)
    silent = person(kam, uni, "No Mail")
    left = reader(kam, uni, "Gone Person", left_on=TODAY)
    other = reader(kam, account(kam, "OTHER"), "Other Person")
    for who in (silent, left, other):
        with pytest.raises(Invalid):
            services.ask_people(actor=kam, survey_id=found.id, person_ids=[who.id], by_mail=False)
    assert queries.survey_for(kam, found.id).state is SurveyState.DRAFT
    assert not models.InvitationRow.objects.exists()


def test_asked_questions_stay(kam, uni):
    found = survey(kam, uni)
    link_for(kam, found, reader(kam, uni))
    with pytest.raises(Conflict):
        services.edit_survey(
            actor=kam, survey_id=found.id, expected_version=None,
            entry=entry(uni, questions=(NPS,)),
        )  # fmt: skip
    later = entry(uni, ends_on=TODAY + timedelta(days=40))
    services.edit_survey(actor=kam, survey_id=found.id, expected_version=None, entry=later)
    assert models.InvitationRow.objects.get().expires_at.date() == TODAY + timedelta(days=41)


def test_what_was_answered_never_changes(kam, uni):
    answered(kam, survey(kam, uni), reader(kam, uni), 9)
    for attempt in (
        lambda: models.AnswerRow.objects.update(value=10),
        lambda: models.ResponseRow.objects.update(role="Dean"),
        lambda: models.AnswerRow.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()
    assert models.AnswerRow.objects.get().value == 9


def test_mails_carry_the_only_copy_of_the_secret(kam, uni, settings):
    settings.KEYSTEAD_MAIL, settings.CSRF_TRUSTED_ORIGINS = True, ["https://keystead.example"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    found, who = survey(kam, uni), reader(kam, uni)
    services.ask_people(actor=kam, survey_id=found.id, person_ids=[who.id], by_mail=True)
    assert models.InvitationRow.objects.get().token_hash is None
    assert services.send_invitations() == {"sent": 1, "dropped": 0, "failed": 0}
    assert services.send_invitations() == {"sent": 0, "dropped": 0, "failed": 0}
    (sent,) = outbox_mail.outbox
    assert sent.to == [who.email]
    secret = sent.body.partition("https://keystead.example/answer/")[2].split("/")[0]
    assert models.InvitationRow.objects.get().token_hash == hash_of(secret)
    services.answer(secret=secret, given={"nps": 2})
    assert Letter.objects.filter(kind="health.follow_up").count() == 0  # kam has no address


def test_a_mail_that_fails_is_tried_again_with_another_secret(kam, uni, settings):
    settings.KEYSTEAD_MAIL, settings.CSRF_TRUSTED_ORIGINS = True, ["https://keystead.example"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens there
    found, who = survey(kam, uni), reader(kam, uni)
    services.ask_people(actor=kam, survey_id=found.id, person_ids=[who.id], by_mail=True)
    assert services.send_invitations()["failed"] == 1
    first = models.InvitationRow.objects.get()
    assert (first.waiting, first.tries, first.sent_at) == (True, 1, None)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert services.send_invitations()["sent"] == 1
    second = models.InvitationRow.objects.get()
    assert (second.waiting, second.sent_at is not None) == (False, True)
    assert second.token_hash != first.token_hash


def test_answers_come_from_a_file(kam, uni):
    found, who = survey(kam, uni), reader(kam, uni)
    content = (
        f"date;person;role;nps;csat;why\n{TODAY};{who.email};Dean;9;5;\n"
        f"{TODAY};;Reader;4;2;slow\n{TODAY};;;10;;\n"
    ).encode()
    done = services.import_answers(actor=kam, survey_id=found.id, content=content, name="a.csv")
    assert (done.stored, done.follow_ups, done.problems) == (3, 1, ())
    answers = queries.responses_of(queries.survey_for(kam, found.id))
    assert [(one.name, one.role, one.row) for one in answers] == [
        ("Hélène Dupont", "Dean", 2), ("", "Reader", 3), ("", "", 4),
    ]  # fmt: skip
    with pytest.raises(Conflict):
        services.import_answers(actor=kam, survey_id=found.id, content=content, name="b.csv")
    assert models.ResponseRow.objects.count() == 3


def test_a_file_with_a_problem_stores_nothing(kam, uni):
    found, who = survey(kam, uni), reader(kam, uni)
    tomorrow = TODAY + timedelta(days=1)
    content = (
        f"date,person,nps\n{TODAY},nobody@example.org,9\n{TODAY},,11\nsoon,,9\n{tomorrow},,9\n"
        f"{TODAY},{who.email},9\n{TODAY},{who.name},8\n"
    ).encode()
    done = services.import_answers(actor=kam, survey_id=found.id, content=content, name="a.csv")
    assert [(one.row, one.column) for one in done.problems] == [
        (2, "person"), (3, "nps"), (4, "date"), (5, "date"), (7, "person"),
    ]  # fmt: skip
    assert done.stored == 0
    assert not models.ResponseRow.objects.exists()
    for wrong in (b"a,b\n1,2\n", b"date,nps\n", b"\x00\x01"):
        with pytest.raises((Invalid, SourceProblem)):
            services.import_answers(actor=kam, survey_id=found.id, content=wrong, name="a.csv")


def test_of_each_person_the_newest_answer_of_a_year_counts(kam, make_actor, uni):
    found, who = survey(kam, uni), reader(kam, uni)
    for value, days in ((0, 400), (1, 200), (2, 10)):
        stored(found, value, on=TODAY - timedelta(days=days), who=who)
    assert queries.nps_over(kam, today=TODAY).few
    stored(found, 10, 10, 10, 10)
    seen = queries.nps_over(kam, today=TODAY)
    assert (seen.n, seen.promoters, seen.detractors, seen.score) == (5, 4, 1, D("60.0"))
    assert queries.nps_over(make_actor("other", "kam"), today=TODAY).n == 0


def test_erased_people_leave_their_figures_and_no_words(
    kam, uni, django_capture_on_commit_callbacks
):
    found, who = survey(kam, uni), reader(kam, uni)
    answered(kam, found, who, 3, why="Hélène says it is slow")
    waiting = link_for(kam, survey(kam, uni), who)
    with django_capture_on_commit_callbacks(execute=True):
        stakeholders.erase_person(actor=kam, person_id=who.id, why="she asked")
    assert not models.RemarkRow.objects.exists()
    assert models.AnswerRow.objects.get().value == 3
    with pytest.raises(NotFound):
        services.sheet_of(waiting)
    (one,) = queries.responses_of(queries.survey_for(kam, found.id))
    assert one.name.startswith("Former contact")
    assert services.forget(person_ids=[who.id]) == 0


def test_what_is_known_of_a_signal_is_kept_with_its_source(kam, make_actor, uni):
    entries = AuditEntry.objects.count()
    services.observe(
        actor=kam, account_id=uni.id, signal=Signal.PAYMENT, on=TODAY, value=D(12), source="ERP"
    )
    assert AuditEntry.objects.count() == entries + 1
    good = {"account_id": uni.id, "on": TODAY, "value": D(1), "source": "ERP"}
    for change in (
        {"signal": Signal.COVERAGE},
        {"signal": Signal.PAYMENT, "on": TODAY + timedelta(days=1)},
        {"signal": Signal.PAYMENT, "value": D(-1)},
        {"signal": Signal.PAYMENT, "source": " "},
    ):
        with pytest.raises(Invalid):
            services.observe(actor=kam, **{**good, **change})
    with pytest.raises(NotFound):
        services.observe(actor=make_actor("other", "kam"), signal=Signal.PAYMENT, **good)
    with pytest.raises(NotAllowed):
        services.observe(actor=make_actor("fin", "finance"), signal=Signal.PAYMENT, **good)
    assert models.ObservationRow.objects.count() == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        models.ObservationRow.objects.update(value=0)


def test_who_asks_for_their_data_gets_their_answers_and_an_erasing_takes_the_words(kam, other_kam):
    one = account(kam, "CHU", kind="hospital")
    found, who = survey(kam, one), reader(kam, one)
    assert answered(kam, found, who, 3, why="Slow search")
    held = held_about(kam, who.id)["surveys"]
    assert [(told["survey"], [part["answer"] for part in told["answers"]]) for told in held] == [
        (found.name, [3, "Slow search"])
    ]
    assert survey_answers(other_kam, [who.id]) == []
    services.forget(person_ids=[who.id])
    (left,) = survey_answers(kam, [who.id])
    assert [part["answer"] for part in left["answers"]] == [3]
