"""What surveys, answers and rules of a score must be."""

import dataclasses
from datetime import date, timedelta
from decimal import Decimal

import pytest

from keystead.health.rules.scoring import SHIPPED, check_rules, from_plain, plain_rules
from keystead.health.rules.surveys import check_survey, own_lines, own_questions, valued
from keystead.health.types.scores import Rule, Signal
from keystead.health.types.surveys import Kind, Question, SurveyEntry
from keystead.kernel.errors import Invalid

D, DAY = Decimal, date(2026, 6, 1)
GOOD = SurveyEntry(account_id=1, name="Yearly", questions=(Question("nps", Kind.NPS),), ends_on=DAY)


@pytest.mark.parametrize(
    "change",
    [
        {"name": " "},
        {"questions": ()},
        {"questions": (Question("nps", Kind.NPS),) * 13},
        {"questions": (Question("own1", Kind.SCALE),)},
        {"ends_on": DAY - timedelta(days=1)},
        {"ends_on": DAY + timedelta(days=181)},
    ],
)
def test_a_survey_that_can_not_be_asked(change):
    check_survey(GOOD, today=DAY)
    with pytest.raises(Invalid):
        check_survey(dataclasses.replace(GOOD, **change), today=DAY)


@pytest.mark.parametrize("given", ["11", "-1", "7.5", "nan", "inf", "ten", "1e9"])
def test_a_value_off_the_scale(given):
    with pytest.raises(ValueError, match=r".+"):
        valued(Question("nps", Kind.NPS), given)


def test_values_on_the_scale():
    assert valued(Question("y", Kind.YES_NO), "Oui") == 1
    assert valued(Question("y", Kind.YES_NO), "0") == 0
    assert valued(Question("n", Kind.NPS), "10.0") == 10
    assert valued(Question("t", Kind.TEXT), "words") is None


def test_own_questions_come_back_as_they_were_typed():
    typed = "scale: Is it fast? | 快吗？ | Est-ce rapide ?\ntext: What is missing?"
    found = own_questions(typed.splitlines())
    assert [(one.code, one.kind) for one in found] == [("own1", Kind.SCALE), ("own2", Kind.TEXT)]
    assert (found[0].said("zh-hans"), found[1].said("fr")) == ("快吗？", "What is missing?")
    assert own_questions(own_lines(found).splitlines()) == found
    for wrong in ("stars: How?", "no colon", "scale: | |"):
        with pytest.raises(Invalid):
            own_questions([wrong])


@pytest.mark.parametrize(
    "change",
    [
        {"rules": ()},
        {"rules": SHIPPED.rules * 2},
        {"rules": (Rule(Signal.PAYMENT, D(0), D(1), D(0)),)},
        {"rules": (Rule(Signal.PAYMENT, D(101), D(1), D(0)),)},
        {"rules": (Rule(Signal.PAYMENT, D(1), D(1), D(1)),)},
        {"rules": (Rule(Signal.PAYMENT, D(1), D(1), D(0), days=0),)},
        {"healthy": D(40)},
        {"known_pct": D(0)},
        {"why": " "},
    ],
)
def test_rules_that_can_not_be_worked_with(change):
    check_rules(SHIPPED)
    with pytest.raises(Invalid):
        check_rules(dataclasses.replace(SHIPPED, **change))


def test_rules_survive_their_storage():
    assert from_plain(1, plain_rules(SHIPPED), why=SHIPPED.why) == SHIPPED
