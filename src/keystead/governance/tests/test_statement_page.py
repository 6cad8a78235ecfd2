"""The page on which compliance writes the company's own text of a statement."""

import pytest

from keystead.governance.queries import acknowledgements as reads
from keystead.governance.rules import quizzes
from keystead.governance.rules.acknowledgements import words
from keystead.governance.services import acknowledgements
from keystead.kit.models import AuditEntry

pytestmark = pytest.mark.django_db
PAGE = "/acknowledgements/conduct/edit/"


@pytest.fixture
def client(make_actor, client_of):
    return client_of(make_actor("sofia", "compliance"))


def keeping():
    """The questions as the page shows them, sent back unchanged."""
    quiz = reads.statement("conduct").quiz
    return {
        f"quiz_{field}": quizzes.written(quiz, code)
        for code, field in (("en", "en"), ("zh-hans", "zh"), ("fr", "fr"))
    }


def typed(**more):
    texts = {
        f"{part}_{code}": f"{part} {code}"
        for part in ("title", "body")
        for code in ("en", "zh", "fr")
    }
    rest = {**keeping(), "due_days": "7", "validity_months": "6", "why": "new law", "version": "0"}
    return {**texts, **rest, **more}


def test_it_begins_with_the_text_in_force_and_makes_a_new_edition(client):
    before = reads.statement("conduct")
    page = client.get(PAGE).content.decode()
    assert before.body["fr"].split("\n")[0][:40].replace("'", "&#x27;") in page
    assert client.post(PAGE, typed(body_en="One.\r\n\r\n\r\n Two. ")).status_code == 302
    now = reads.statement("conduct")
    assert (now.edition, now.due_days, now.validity_months) == (before.edition + 1, 7, 6)
    assert (now.body["en"], now.title["zh-hans"], now.quiz) == (
        "One.\n\nTwo.", "title zh", before.quiz
    )  # fmt: skip
    assert words(now.title, "fr") == "title fr"
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.why) == ("acknowledgement.rule", "new law")
    assert 'value="1"' in client.get(PAGE).content.decode()


QUIZ = {
    "quiz_en": "Whose prices may you use?\n- Another customer's\n+ Only our own",
    "quiz_zh": "可以使用谁的价格？\n－ 其他客户的\n＋ 只用自己的",
    "quiz_fr": "Quels prix utiliser ?\n– Ceux d’un autre client\n+ Les nôtres seulement",
}


def test_the_questions_are_written_in_three_languages_and_asked(client, make_actor, client_of):
    assert client.post(PAGE, typed(**QUIZ)).status_code == 302
    (question,) = reads.statement("conduct").quiz
    assert (question.text["zh-hans"], question.right) == ("可以使用谁的价格？", 1)
    assert [choice["fr"] for choice in question.choices] == [
        "Ceux d’un autre client", "Les nôtres seulement"
    ]  # fmt: skip
    assert "+ Only our own" in client.get(PAGE).content.decode()
    reader = client_of(make_actor("lin", "kam"))
    assert "Whose prices may you use?" in reader.get("/acknowledgements/conduct/").content.decode()


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("quiz_en", "Whose?\n- mine\n- yours", "needs one right answer"),
        ("quiz_en", "Whose?\n+ mine", "needs two answers"),
        ("quiz_fr", "+ d’abord\n- non", "Begin with a question"),
        ("quiz_zh", "谁的？\n+ 其他客户的\n- 自己的", "Question 1 differs"),
        ("quiz_zh", "", "the same questions"),
    ],
)
def test_a_quiz_that_is_none_is_refused_beside_its_language(client, field, text, sentence):
    answer = client.post(PAGE, typed(**{**QUIZ, field: text}))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in page
    assert "Only our own" in page or field == "quiz_en"
    assert reads.version_of("conduct") == 0


def test_all_three_languages_and_a_reason_are_needed(client):
    for field in ("body_zh", "title_fr", "why"):
        answer = client.post(PAGE, typed(**{field: " "}))
        assert answer.status_code == 422
        assert "body en" in answer.content.decode()  # nothing typed is lost
    assert reads.version_of("conduct") == 0


def test_who_was_slower_sees_both(client, make_actor):
    other = make_actor("other", "compliance")
    acknowledgements.save_statement(
        actor=other, topic="conduct", values={"due_days": 30}, why="policy"
    )
    answer = client.post(PAGE, typed())
    assert answer.status_code == 409
    assert "body en" in answer.content.decode()
    assert reads.statement("conduct").due_days == 30
    assert client.post(PAGE, typed(version="1")).status_code == 302
    assert reads.statement("conduct").due_days == 7


@pytest.mark.parametrize("role", ["kam", "finance", "admin", "director"])
def test_only_compliance_writes(role, make_actor, client_of):
    someone = client_of(make_actor("x", role))
    assert someone.get(PAGE).status_code == 403
    assert someone.post(PAGE, typed()).status_code == 403
    assert reads.version_of("conduct") == 0
    assert "/edit/" not in someone.get("/acknowledgements/conduct/").content.decode()


def test_an_unknown_topic_is_missing(client):
    assert client.get("/acknowledgements/nothing/edit/").status_code == 404
