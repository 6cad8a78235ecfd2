"""From preparing to the follow-up on real facts; frozen for ever; every figure evaluates again."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from keystead.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from keystead.kernel.periods import Period
from keystead.kit.models import AuditEntry
from keystead.kit.office.carried import carried
from keystead.kit.office.slides import Lines, Shown, Table
from keystead.metrics.calc.changes import exact
from keystead.metrics.queries.standing import standings
from keystead.metrics.tests import room
from keystead.profitability.tests import house
from keystead.reviews import models, queries, services
from keystead.reviews.queries.checking import check_review
from keystead.reviews.queries.deck.build import figures_of
from keystead.reviews.queries.frozen import story_of
from keystead.reviews.services.writing import deck_file, minutes_file
from keystead.reviews.tests.factories import entry
from keystead.reviews.types.cycle import (
    Edits,
    ItemEntry,
    ItemKind,
    ItemState,
    OwnWords,
    Rating,
    ReviewEntry,
    ReviewKind,
    ReviewState,
)

pytestmark = pytest.mark.django_db
HALF = Period.parse("2026-01..2026-06")
TODAY = timezone.localdate()


@pytest.fixture
def director(make_actor):
    return make_actor("boss", "director")


@pytest.fixture
def sold(kam, director):
    return house.build(kam, director)


def half(actor, sold, **changes):
    given = ReviewEntry(account_id=sold["own"], kind=ReviewKind.MID_YEAR, period=HALF, **changes)
    return services.create_review(actor=actor, entry=given)


def frozen(actor, sold):
    return services.freeze_review(actor=actor, review_id=half(actor, sold).id)


def test_every_figure_of_the_deck_evaluates_to_the_same_value(kam, sold):
    found = frozen(kam, sold)
    deck = services.build_deck(kam, found, "en", inside=True)
    figures = [one for slide in deck.slides for one in figures_of(slide)]
    assert len(figures) > 40
    assert all(one.proof for one in figures)
    answers = standings(actor=kam, proof_ids=[one.proof for one in figures])
    again = [exact(answers[one.proof].then.value) for one in figures]
    assert again == [one.value for one in figures]
    told = check_review(kam, found)
    assert (told["different"], told["unknown"], told["moved"]) == ([], [], 0)
    assert told["equal"] == told["figures"] > 40


def test_no_number_stands_in_a_deck_without_a_figure(kam, sold):
    deck = services.build_deck(kam, frozen(kam, sold), "en", inside=True)
    loose = []
    for slide in deck.slides:
        if slide.key in ("cover", "agenda"):
            continue  # days and minutes: labels
        pieces = [*slide.title]
        for one in slide.contents:
            if isinstance(one, Lines):
                pieces += [piece for line in one.lines for piece in line.words]
            if isinstance(one, Table):
                pieces += [cell for row in one.rows for cell in row[1:]]
        loose += [one for one in pieces if isinstance(one, str) and re.search(r"\d", one)]
    assert [one for one in loose if not re.search(r"[A-Z]1 strips|20\d\d", one)] == []


def test_new_data_moves_today_and_never_the_frozen_figure(kam, sold):
    found = frozen(kam, sold)
    before = story_of(kam, found).material
    row = {"account_id": sold["own"], "product_id": sold["strips"], "date": house.TODAY,
           "quantity": 1, "value": 11}  # fmt: skip
    room.post("sell_in", [row], source="late", lineage="late")
    again = story_of(kam, queries.review_for(kam, found.id)).material
    assert again == before
    proof = before.fact("sell_in").proof
    answer = standings(actor=kam, proof_ids=[proof])[proof]
    assert answer.now.value - answer.then.value == Decimal(11)
    told = check_review(kam, found)
    assert (told["different"], told["unknown"]) == ([], [])
    assert told["moved"] > 5


def test_the_database_refuses_to_change_what_is_frozen(kam, sold):
    found = frozen(kam, sold)
    rows = models.FrozenRow.objects.filter(review_id=found.id)
    for act in (lambda: rows.update(commit=0), rows.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert rows.get().number == 1


def test_a_freeze_taken_back_stays_as_a_version(kam, director, sold):
    found = frozen(kam, sold)
    with pytest.raises(Invalid):
        services.unfreeze_review(actor=kam, review_id=found.id, why=" ")
    services.approve_review(actor=director, review_id=found.id)
    back = services.unfreeze_review(actor=kam, review_id=found.id, why="wrong order")
    assert (back.state, back.approved_by) == (ReviewState.PREPARING, "")
    edits = Edits(own={"wins": OwnWords(title="What {sell_in} tells", notes="slowly")})
    services.edit_story(actor=kam, review_id=found.id, edits=edits)
    twice = services.freeze_review(actor=kam, review_id=found.id)
    assert twice.frozen.number == 2
    assert [one.number for one in queries.versions_of(twice)] == [2, 1]
    first = services.build_deck(kam, twice, "en", number=1, inside=True)
    titles = {one.key: one.title for one in first.slides}
    assert titles["wins"] == ("What went well",)
    second = services.build_deck(kam, twice, "en", inside=True)
    wins = next(one for one in second.slides if one.key == "wins")
    assert isinstance(wins.title[1], Shown)
    assert wins.notes == ("slowly",)
    with pytest.raises(Conflict):
        services.edit_story(actor=kam, review_id=found.id, edits=Edits())


def test_the_customers_deck_has_nothing_that_is_ours(kam, sold):
    found = frozen(kam, sold)
    outside = services.build_deck(kam, found, "en")
    inside = services.build_deck(kam, found, "en", inside=True)
    assert {one.key for one in inside.slides} - {one.key for one in outside.slides} == {"pnl"}
    assert not any(one.inside or one.notes for one in outside.slides)
    proofs = [one.proof for slide in outside.slides for one in figures_of(slide)]
    assert not any(re.match(r"(cost|gross_margin|contribution|trade_rate)", one) for one in proofs)
    assert not any(name in ("Contribution", "Cost of goods") for name, *_ in outside.facts.metrics)


def test_who_may_not_see_cost_sees_no_cost(kam, sold, make_actor):
    viewer = make_actor("guest", "viewer")
    house.assign_team(
        actor=house.SYSTEM, account_id=sold["own"], user_id=viewer.user_id,
        valid_from=house.date(2020, 1, 1),
    )  # fmt: skip
    found = frozen(kam, sold)
    seen = story_of(viewer, queries.review_for(viewer, found.id))
    assert {one.needs for one in seen.parts} == {""}
    hidden = [one.fact("actual").proof for one in story_of(kam, found).material.records("pnl")
              if one.key == "gross_margin"]  # fmt: skip
    assert hidden
    assert standings(actor=kam, proof_ids=hidden)
    assert not standings(actor=viewer, proof_ids=hidden)
    with pytest.raises(NotAllowed):
        services.freeze_review(actor=viewer, review_id=found.id)


def test_foreign_is_missing(kam, other_kam, sold):
    found = frozen(kam, sold)
    said = ItemEntry(kind=ItemKind.DECISION, text="x")
    for act in (
        lambda: queries.review_for(other_kam, found.id),
        lambda: services.unfreeze_review(actor=other_kam, review_id=found.id, why="x"),
        lambda: services.add_item(actor=other_kam, review_id=found.id, entry=said),
    ):
        with pytest.raises(NotFound):
            act()
    proof = next(
        one.fact("amount").proof for one in story_of(kam, found).material.records("bridge")
        if one.fact("amount").proof.startswith("review:")
    )  # fmt: skip
    assert not standings(actor=other_kam, proof_ids=[proof])


def test_from_the_meeting_to_the_next_review(kam, director, sold):
    found = frozen(kam, sold)
    with pytest.raises(NotAllowed):
        services.approve_review(actor=kam, review_id=found.id)
    services.approve_review(actor=director, review_id=found.id)
    services.hold_review(actor=kam, review_id=found.id)
    with pytest.raises(Conflict):
        services.follow_up(actor=kam, review_id=found.id)
    services.keep_notes(actor=kam, review_id=found.id, notes="Prices by May.\nList the pens.")
    entries = AuditEntry.objects.filter(action="review.notes")
    assert "Prices" not in str(entries.get().new)
    said = ItemEntry(
        kind=ItemKind.ACTION, text="Send prices", quote="Prices by May.", owner_id=kam.user_id,
        due=TODAY - timedelta(days=1),
    )  # fmt: skip
    with pytest.raises(Invalid):
        services.add_item(
            actor=kam, review_id=found.id, entry=ItemEntry(kind=ItemKind.ACTION, text="x")
        )
    item = services.add_item(actor=kam, review_id=found.id, entry=said)
    assert item.late(TODAY)
    services.rate_review(
        actor=kam, review_id=found.id, rating=Rating(4, 3, "open talk"),
        next_on=TODAY + timedelta(days=90),
    )  # fmt: skip
    done = services.follow_up(actor=kam, review_id=found.id)
    assert (done.state, done.rating.theirs) == (ReviewState.FOLLOWED_UP, 4)
    nxt = services.create_review(
        actor=kam, entry=ReviewEntry(account_id=sold["own"], kind=ReviewKind.QUARTER,
                                     period=Period.quarter(2026, 3)),
    )  # fmt: skip
    assert nxt.planned_on == TODAY + timedelta(days=90)
    assert [one.text for one in queries.carried_over(kam, nxt)] == ["Send prices"]
    services.answer_item(actor=kam, item_id=item.id, state=ItemState.DONE, outcome="sent")
    told = story_of(kam, nxt).material.records("carried")
    assert [(one.words["state"], one.words["outcome"]) for one in told] == [("done", "sent")]


def test_one_review_for_a_period(kam, sold):
    half(kam, sold)
    with pytest.raises(Invalid):
        half(kam, sold)
    with pytest.raises(Invalid):
        services.create_review(
            actor=kam, entry=entry(queries.reviews_for(kam)[0], account_id=sold["own"],
                                   period=HALF),
        )  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh-hans", "fr"])
def test_the_file_carries_its_proofs(kam, director, sold, language):
    found = services.approve_review(actor=director, review_id=frozen(kam, sold).id)
    deck = services.build_deck(kam, found, language)
    content = deck_file(kam, found, language)
    inside_file = {one.proof for one in carried(content, "pptx")}
    shown = {one.proof for slide in deck.slides for one in figures_of(slide)}
    assert shown <= inside_file
    title = {"en": "What went well", "zh-hans": "成绩", "fr": "Ce qui a bien marché"}[language]
    assert title in {one.title[0] for one in deck.slides}
    assert minutes_file(kam, found, language)[:2] == b"PK"
