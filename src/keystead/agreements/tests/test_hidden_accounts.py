"""Accounts in terms that the one who edits may not see: a quiet word on the form, kept on save."""

from __future__ import annotations

import dataclasses
import re

import pytest

from keystead.agreements import models
from keystead.agreements.calc.written import written
from keystead.agreements.queries.agreements import terms_of
from keystead.agreements.tests.factories import D, account, draft, now, rebate, terms, tiers
from keystead.agreements.tests.test_bad_input import GIVEN, text_of
from keystead.agreements.types import Gate, PriceRow, Scope, Selection
from keystead.metrics.tests import room

pytestmark = pytest.mark.django_db
WORD = "an account you may not see"


@pytest.fixture
def world(kam, other_kam):
    """An agreement that counts one account of the manager and two of somebody else."""
    mine, theirs = account(kam), [account(other_kam, code) for code in ("FAR", "AWAY")]
    ids, sold = tuple(one.id for one in theirs), room.product("P1")
    counted = Scope(Selection(accounts=(mine.id, *ids)), Selection(ship_tos=(ids[1],)))
    gate = Gate("on_time", focus=Scope(Selection(accounts=(ids[0],))))
    found = draft(kam, mine, terms=terms(conditions=(rebate("v", gl_code="1", label="V"),)))
    wanted = dataclasses.replace(
        terms_of(found.versions[0]),
        conditions=(rebate("v", gl_code="1", label="V", tiers=tiers((0, 1), (1000, 3)),
                           scope=counted, gates=(gate,)),),
        scope=counted, prices=(PriceRow(D(3), "CNY", product=sold, account=ids[1]),),
    )  # fmt: skip
    models.AgreementVersion.objects.filter(agreement_id=found.id).update(terms=written(wanted))
    return now(found.id), mine, ids


def fields_of(page):
    """Return what stands in the controls that tell of accounts."""
    found = {}
    for name in ("in_accounts", "out_ship_tos", "gates-1-focus"):
        before, _mark, rest = page.partition(f'name="{name}"')
        tag = before.rpartition("<")[2] + rest.partition(">")[0]
        found[name] = tag.partition('value="')[2].partition('"')[0]
    return found


@pytest.mark.parametrize("place", ["conditions/v/", "whole/"])
def test_the_form_says_so_without_a_number(client_of, kam, world, place):
    found, mine, _ids = world
    page = client_of(kam).get(f"/agreements/{found.id}/{place}").content.decode()
    held = fields_of(page)
    assert held["in_accounts"] == f"{mine.code}, {WORD}, {WORD} (2)"
    assert held["out_ship_tos"] == WORD
    assert "FAR" not in re.sub(r"csrf[^>]*>", "", page)


def test_they_stay_when_the_condition_is_saved(client_of, kam, world):
    found, mine, ids = world
    client, place = client_of(kam), f"/agreements/{found.id}/conditions/v/"
    held = fields_of(client.get(place).content.decode())
    assert held["gates-1-focus"] == f"account: {WORD}"
    given = {**GIVEN, "label": "V", "gl_code": "1", "version": found.version,
             "gates-1-name": "on_time", "gates-1-kind": "flag"}  # fmt: skip
    answer = client.post(place, {**given, **held, "note": "Changed"})
    assert answer.status_code == 302, text_of(answer)
    before, after = (one.versions[0].conditions[0] for one in (found, now(found.id)))
    assert (after.scope, after.gates[0].focus) == (before.scope, before.gates[0].focus)
    assert after.note == "Changed"
    less = {**held, "in_accounts": f"{mine.code}, {WORD} (2)", "version": now(found.id).version}
    assert client.post(place, {**given, **less}).status_code == 302
    kept = now(found.id).versions[0].conditions[0].scope.include.accounts
    assert kept == (mine.id, ids[1])


def test_the_word_opens_no_account_that_was_not_there(client_of, kam, world):
    found, _mine, _ids = world
    client, place = client_of(kam), f"/agreements/{found.id}/conditions/"
    new = client.post(f"{place}new/", {**GIVEN, "in_accounts": WORD})
    assert new.status_code == 422
    assert f"“{WORD}” is not known here." in text_of(new)
    third = client.post(f"{place}v/", {**GIVEN, "in_accounts": f"{WORD} (3)"})
    assert third.status_code == 422
    by_number = client.post(f"{place}v/", {**GIVEN, "in_accounts": str(_ids[0])})
    assert by_number.status_code == 422
    assert now(found.id) == found


def test_prices_keep_the_address_they_are_for(client_of, kam, world):
    found, _mine, ids = world
    client, place = client_of(kam), f"/agreements/{found.id}/prices/"
    page = client.get(place).content.decode()
    typed = page.partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0].strip()
    assert typed == f"P1\t3\t\t\t\t\t\t{WORD}"
    answer = client.post(place, {"prices": typed + "\nP1\t4", "version": found.version})
    assert answer.status_code == 302, text_of(answer)
    kept = now(found.id).versions[0].prices
    assert [(row.amount, row.account) for row in kept] == [(3, ids[1]), (4, None)]
