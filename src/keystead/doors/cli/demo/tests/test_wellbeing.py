"""The readers' survey of the demo: enough answers for an interval that says something."""

from __future__ import annotations

import pytest

from keystead.accounts.tests.factories import account
from keystead.doors.cli.demo.wellbeing import OPEN_STILL, READERS, gather_readers
from keystead.health import queries


@pytest.mark.django_db
def test_the_readers_recommend_us_by_more_than_chance(other_kam):
    consortium = account(other_kam, code=READERS[0], kind="consortium", name="Calypse")
    assert gather_readers() == 36
    (survey,) = queries.surveys_for(other_kam, account_id=consortium.id)
    told = {one.code: one for one in queries.results_of(survey)}
    score = told["nps"].nps
    assert (score.n, score.promoters, score.passives, score.detractors) == (36, 17, 12, 7)
    assert 0 < score.low < score.score < score.high < 60
    assert (told["effort"].n, told["own1"].n) == (36, 36)
    assert told["own1"].question == "Do you read away from the site?"
    waiting = queries.follow_ups_for(other_kam, survey_id=survey.id, still_open=True)
    every = queries.follow_ups_for(other_kam, survey_id=survey.id)
    assert len(waiting) == OPEN_STILL < len(every)
