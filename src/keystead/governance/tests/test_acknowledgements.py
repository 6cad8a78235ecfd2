"""Acknowledgements: who owes what until when, and what a lapsed one stops."""

import re
from datetime import UTC, date, datetime

import pytest
from django.utils import timezone, translation

from keystead.governance.models import Acknowledgement, StatementRow
from keystead.governance.queries import acknowledgements as reads
from keystead.governance.rules.acknowledgements import standing
from keystead.governance.rules.statements import STATEMENTS
from keystead.governance.services import acknowledgements
from keystead.governance.services.inspection import begin_export
from keystead.governance.types.acknowledgements import Given, State, Statement, Topic
from keystead.governance.types.trail import TrailFilter
from keystead.kernel.errors import Conflict, Invalid, NotAllowed
from keystead.kit import audit
from keystead.kit.models import AuditEntry
from keystead.kit.testing.pack import RoomPack

CONDUCT = Statement(Topic.CONDUCT, 2, {}, {}, due_days=14, validity_months=12,
                    published_on=date(2026, 3, 1))  # fmt: skip
JOINED = date(2024, 1, 1)


def given(edition, until):
    return Given(Topic.CONDUCT, edition, datetime(2026, 1, 1, tzinfo=UTC), until)


@pytest.mark.parametrize(
    ("what", "today", "state", "holds"),
    [
        (None, date(2026, 3, 15), State.DUE, False),
        (None, date(2026, 3, 16), State.OVERDUE, False),
        (given(2, date(2027, 3, 2)), date(2026, 4, 1), State.CURRENT, True),
        (given(2, date(2027, 3, 2)), date(2027, 2, 1), State.RENEW, True),
        (given(2, date(2027, 3, 2)), date(2027, 3, 1), State.RENEW, True),
        (given(2, date(2027, 3, 2)), date(2027, 3, 2), State.LAPSED, False),
        (given(1, date(2027, 1, 1)), date(2026, 3, 15), State.RENEW, True),
        (given(1, date(2027, 1, 1)), date(2026, 3, 16), State.LAPSED, False),
        (given(1, date(2026, 3, 5)), date(2026, 3, 5), State.LAPSED, False),
    ],
)
def test_where_somebody_stands(what, today, state, holds):
    found = standing(CONDUCT, what, JOINED, today)
    assert (found.state, found.holds) == (state, holds)


def test_every_topic_speaks_three_languages():
    assert {one.topic for one in STATEMENTS} == set(Topic)
    for one in STATEMENTS:
        texts = [one.title, one.body, *(q.text for q in one.quiz)]
        texts += [choice for q in one.quiz for choice in q.choices]
        for text in texts:
            assert set(text) == {"en", "zh-hans", "fr"}
            assert re.search(r"[\u4e00-\u9fff]", text["zh-hans"])
            assert len(set(text.values())) == 3


def confirm(actor, topic="competition_law", **changes):
    values = {"edition": 1, "language": "en", "answers": {0: 2}}
    acknowledgements.acknowledge(actor=actor, topic=topic, **{**values, **changes})


@pytest.fixture
def officer(make_actor):
    return make_actor("sofia", "compliance")


def switch(actor, topic, on=True):
    acknowledgements.enforce(actor=actor, topic=topic, on=on, why="policy of May")


@pytest.mark.django_db
class TestGiving:
    def test_it_is_kept_with_day_edition_and_the_hash_of_the_text(self, kam):
        confirm(kam)
        row = Acknowledgement.objects.get()
        assert (row.user_id, row.edition, len(row.text_hash)) == (kam.user_id, 1, 64)
        assert AuditEntry.objects.filter(action="acknowledgement.give").count() == 1
        assert audit.verify()[1] is None

    @pytest.mark.parametrize("answers", [{}, {0: 0}, {0: -1}])
    def test_a_wrong_answer_changes_nothing(self, kam, answers):
        before = AuditEntry.objects.count()
        with pytest.raises(Invalid) as caught:
            confirm(kam, answers=answers)
        assert caught.value.data["places"] == [0]
        assert (Acknowledgement.objects.count(), AuditEntry.objects.count()) == (0, before)

    def test_an_edition_that_is_no_longer_the_one_is_a_conflict(self, kam, officer):
        texts = {code: f"text {code}" for code in ("en", "zh-hans", "fr")}
        acknowledgements.save_statement(
            actor=officer, topic="competition_law", values={"body": texts}, why="new law"
        )
        with pytest.raises(Conflict):
            confirm(kam)
        confirm(kam, edition=2)
        assert reads.statement("competition_law").published_on == timezone.localdate()

    def test_a_text_in_one_language_is_refused(self, officer):
        with pytest.raises(Invalid, match="French"):
            acknowledgements.save_statement(
                actor=officer, topic="conduct", values={"title": {"en": "x"}}, why="y"
            )
        assert StatementRow.objects.count() == 0


@pytest.mark.django_db
class TestRule:
    def test_who_may_switch(self, kam, admin, officer, sales_ops):
        for other in (kam, sales_ops):
            with pytest.raises(NotAllowed):
                switch(other, "competition_law")
        switch(admin, "competition_law")
        assert reads.statement("competition_law").enforced
        switch(officer, "competition_law", on=False)
        assert not reads.statement("competition_law").enforced
        assert reads.statement("competition_law").edition == 1

    def test_off_stops_nobody_on_stops_until_confirmed_and_after_it_lapsed(self, kam, officer):
        reads.require_acknowledged(kam, "competition_law")
        switch(officer, "competition_law")
        with pytest.raises(NotAllowed) as caught:
            reads.require_acknowledged(kam, "competition_law")
        assert caught.value.code == "acknowledgement_missing"
        confirm(kam)
        reads.require_acknowledged(kam, "competition_law")
        Acknowledgement.objects.update(until=timezone.localdate())
        with pytest.raises(NotAllowed):
            reads.require_acknowledged(kam, "competition_law")

    def test_the_trail_as_a_file_needs_data_protection(self, officer):
        switch(officer, "data_protection")
        before = AuditEntry.objects.count()
        with pytest.raises(NotAllowed):
            begin_export(actor=officer, wanted=TrailFilter(), kind="csv")
        assert AuditEntry.objects.count() == before
        confirm(officer, "data_protection", answers={})
        begin_export(actor=officer, wanted=TrailFilter(), kind="csv")


@pytest.mark.django_db
class TestPages:
    def test_reading_and_confirming(self, kam, client_of):
        client = client_of(kam)
        assert (
            "4 texts wait for your confirmation"
            in client.get("/acknowledgements/").content.decode()
        )
        page = client.get("/acknowledgements/competition_law/").content.decode()
        assert "A reseller sets its own prices" in page
        body = {"edition": "1", "question0": "0", "read": "on"}
        answer = client.post("/acknowledgements/competition_law/", body)
        assert answer.status_code == 422
        assert "Not every answer is right" in answer.content.decode()
        body["question0"] = "2"
        assert client.post("/acknowledgements/competition_law/", body).status_code == 302
        assert "3 texts" in client.get("/acknowledgements/").content.decode()
        assert client.get("/acknowledgements/nothing/").status_code == 404

    def test_in_the_readers_language(self, make_actor, client_of):
        client = client_of(make_actor("wei", "kam"))
        client.cookies["django_language"] = "zh-hans"
        page = client.get("/acknowledgements/competition_law/").content.decode()
        assert "经销商自主定价" in page

    def test_the_report_is_for_compliance(self, kam, officer, client_of):
        assert client_of(kam).get("/acknowledgements/report/").status_code == 403
        confirm(kam)
        page = client_of(officer).get("/acknowledgements/report/").content.decode()
        assert "Lin Wei" in page
        lines = reads.report(officer)
        held = {(line.name, line.standing.statement.topic.value) for line in lines
                if line.standing.holds}  # fmt: skip
        assert held == {("Lin Wei", "competition_law")}

    def test_an_administrator_switches_on_the_page_and_others_cannot(self, admin, kam, client_of):
        body = {"on": "1", "why": "policy"}
        assert client_of(kam).post("/acknowledgements/conduct/rule/", body).status_code == 403
        assert client_of(admin).post("/acknowledgements/conduct/rule/", body).status_code == 302
        assert reads.statement("conduct").enforced

    def test_the_refusal_speaks_the_language_of_the_reader(self, officer):
        switch(officer, "data_protection")
        with translation.override("fr"), pytest.raises(NotAllowed, match="Protection des données"):
            reads.require_acknowledged(officer, "data_protection")


class TestStatement(RoomPack):
    model = StatementRow
    writer_roles = ("compliance",)
    reader_roles = ("kam",)
    scoped = False

    def create(self, actor):
        return acknowledgements.save_statement(
            actor=actor, topic="conduct", values={"due_days": 10}, why="policy"
        )

    def change(self, actor, pk, version):
        acknowledgements.save_statement(
            actor=actor, topic="conduct", values={"due_days": 20}, why="policy", version=version
        )
