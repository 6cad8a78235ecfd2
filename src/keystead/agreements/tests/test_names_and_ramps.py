"""Ids stand as names the reader may see; a ramp is previewed as one; every kind can be typed."""

from __future__ import annotations

import dataclasses
import re
from datetime import date

import pytest

from keystead.accounts.queries import account_for
from keystead.agreements.calc.prices import Asked, choose_price
from keystead.agreements.queries.preview import preview
from keystead.agreements.queries.redline import redline
from keystead.agreements.queries.sentences import condition_parts, scope_text
from keystead.agreements.queries.spelled import told_to
from keystead.agreements.tests.factories import D, draft, now, rebate, terms, tiers
from keystead.agreements.tests.sold import agreed, sell
from keystead.agreements.tests.test_bad_input import GIVEN, text_of
from keystead.agreements.tests.world import version
from keystead.agreements.types import (
    Every,
    Family,
    FreeGoods,
    GateKind,
    Measure,
    PriceRow,
    RateKind,
    Scope,
    Selection,
    Tier,
)
from keystead.catalog import services as catalog
from keystead.kernel.periods import Period
from keystead.kit.access import SYSTEM

pytestmark = pytest.mark.django_db
TODAY = date(2025, 1, 15)  # the last twelve months: 2024


@pytest.fixture
def found(kam, house):
    return draft(
        kam, account_for(kam, house["jd"]), starts=date(2027, 1, 1), last=date(2027, 12, 31)
    )


def everything(house):
    catalog.create_group(actor=SYSTEM, code="FOCUS", name="Focus range")
    goods = FreeGoods(D(1), D(10), product=house["q"])
    chosen = Selection(
        products=(house["p"],), groups=("FOCUS",), accounts=(house["shop"],),
        ship_tos=(house["jd"], house["else"]),
    )  # fmt: skip
    return rebate(
        "goods", family=Family.FREE_GOODS, rate_kind=RateKind.FREE_GOODS, tiers=(),
        free_goods=goods, scope=Scope(chosen, Selection(products=(house["q"],))),
        reduce_by=("base",),
    )  # fmt: skip


def test_sentences_name_products_groups_conditions_and_accounts_one_may_see(
    client_of, kam, make_actor, house
):
    goods, base = everything(house), rebate("base", label="Base rebate", gl_code="1")
    row = PriceRow(D(5), "CNY", product=house["p"], account=house["shop"])
    one = agreed(kam, house, terms=terms(conditions=(base, goods), prices=(row,)))
    page = text_of(client_of(kam).get(f"/agreements/{one.id}/"))
    for said in (
        "products P1", "product group Focus range (FOCUS)", "accounts SHOP Ltd",
        "ship-tos JD Ltd, ELSE Ltd", "without products Q1", "(Q1)",
        "After taking off Base rebate.", "P1 ¥ 5 (SHOP Ltd)",
    ):  # fmt: skip
        assert said.replace("¥ ", "¥") in page.replace("¥ ", "¥"), said
    assert "#" not in re.sub(r"href=\S+", "", page)
    stranger = make_actor("stranger", "kam")
    with told_to(stranger):
        assert "accounts 1 account" in scope_text(goods.scope)
        assert "SHOP Ltd" not in scope_text(goods.scope)
    plain = dict(condition_parts(goods, "CNY"))
    assert "ship-tos 2 accounts" in plain["Scope"]


def test_a_redline_of_another_account_names_it_for_those_who_see_it(kam, house):
    was = rebate("v", scope=Scope(Selection(accounts=(house["shop"],))))
    other = dataclasses.replace(was, scope=Scope(Selection(accounts=(house["else"],))))
    with told_to(kam):
        (entry,) = redline(version(was), version(other))
    assert (entry.old, entry.new) == ("Only accounts SHOP Ltd.", "Only accounts ELSE Ltd.")
    (entry,) = redline(version(was), version(other))
    assert "#" not in entry.old + entry.new
    assert str(house["else"]) not in entry.new


def test_a_ramp_is_previewed_in_its_order_and_year_by_year(kam, house, client_of):
    sell(house, *(("jd", "p", f"2024-{month:02}-10", "100") for month in range(1, 13)))
    halves = (
        Tier(D(0), D(1), Period.parse("2025-01..2025-06")),
        Tier(D(0), D(3), Period.parse("2025-07..2025-12")),
        Tier(D(0), D(10), Period.parse("2026")),
    )
    ramp = rebate("ramp", tier_period=Every.HALF, tiers=halves, gl_code="1")
    one = agreed(kam, house, ramp, last=date(2026, 12, 31))
    shown = preview(kam, house["jd"], one.versions[0], one.versions[0].conditions[0], TODAY)
    assert [str(line.amount.amount) for line in shown.lines] == ["6.00", "18.00"]
    assert shown.paid == 24
    assert [(str(year), paid) for year, paid in shown.years] == [("2025", 24), ("2026", 120)]
    flat = dataclasses.replace(ramp, tiers=tiers((0, 1)))
    plain = dataclasses.replace(one.versions[0], conditions=(flat,))
    assert preview(kam, house["jd"], plain, flat, TODAY).years == ()


def test_a_price_for_one_account_is_pasted_shown_and_chosen(client_of, kam, house, found):
    place = f"/agreements/{found.id}/prices/"
    pasted = "P1\t10\nP1\t8\t\t\t\t\t\tshop\nP1\t9\t\t\t\tonline"
    answer = client_of(kam).post(place, {"prices": pasted, "version": found.version})
    assert answer.status_code == 302, text_of(answer)
    rows = now(found.id).versions[0].prices
    day = date(2027, 5, 1)
    asked = [Asked(house["p"], day, account=house[who]) for who in ("shop", "jd")]
    assert [choose_price(rows, one).amount for one in asked] == [8, 10]
    assert "P1\t8\t\t\t\t\t\tSHOP" in client_of(kam).get(place).content.decode()
    for wrong, said in (
        ("P1\t8\t\t\t\t\t\tNOWHERE", "“NOWHERE” is not known here."),
        ("\t8\t\t\t\t\tNOPE", "“NOPE” is not known here."),
        ("P1\t8\t\t\t\t\t\tSHOP\nP1\t9\t\t\t\t\t\tSHOP", "Lines 1 and 2 hold for the same thing"),
    ):
        answer = client_of(kam).post(place, {"prices": wrong, "version": 2})
        assert answer.status_code == 422
        assert said in text_of(answer)
    assert now(found.id).versions[0].prices == rows


def test_free_goods_targets_and_range_gates_can_all_be_typed(client_of, kam, house, found):
    catalog.create_group(actor=SYSTEM, code="FOCUS", name="Focus range")
    client, place = client_of(kam), f"/agreements/{found.id}/conditions/"
    plain = {name: "" for name in GIVEN if name.startswith("tiers-")}
    goods = {
        **GIVEN, **plain, "label": "Goods", "family": "free_goods", "rate_kind": "free_goods",
        "tier_measure": "quantity", "benefit_measure": "quantity", "free": "1", "per": "10",
        "partial": "half_up", "goods_product": "Q1",
    }  # fmt: skip
    target = {
        **GIVEN, "label": "Two of three", "family": "target_bonus", "rate_kind": "fixed",
        "tier_measure": "targets_reached", "tiers-1-lower": "2", "tiers-1-rate": "500",
        "tiers-2-lower": "3", "tiers-2-rate": "900", "version": 2,
    }  # fmt: skip
    for row, brand in enumerate(("Acu", "Bio", ""), start=1):
        target |= {
            f"targets-{row}-key": f"T{row}", f"targets-{row}-measure": "net_value",
            f"targets-{row}-value": "1000", f"targets-{row}-only": brand and f"brand: {brand}",
        }  # fmt: skip
    gated = {
        **GIVEN, "label": "Range gate", "version": 3, "gates-1-name": "mix",
        "gates-1-kind": "share", "gates-1-at_least": "20", "gates-1-focus": "group: FOCUS",
        "gates-1-scale_pct": "50", "in_groups": "focus", "out_channels": "shop",
        "in_ship_tos": "shop",
    }  # fmt: skip
    for typed in (goods, target, gated):
        shown = client.post(f"{place}preview/", typed)
        assert "Not complete yet" not in text_of(shown), text_of(shown)
        answer = client.post(f"{place}new/", typed)
        assert answer.status_code == 302, text_of(answer)
    _first, one, two, three = now(found.id).versions[0].conditions
    assert (one.free_goods.product, one.free_goods.per) == (house["q"], 10)
    assert [target.scope for target in two.targets][2] is None
    assert two.tier_measure is Measure.TARGETS_REACHED
    assert (three.gates[0].kind, three.gates[0].focus.include.groups) == (
        GateKind.SHARE, ("FOCUS",),
    )  # fmt: skip
    assert three.scope.include.ship_tos == (house["shop"],)
    for condition in (one, two, three):
        again = client.get(f"{place}{condition.key}/")
        assert again.status_code == 200
        assert "#" not in again.content.decode().split('name="in_ship_tos"')[1][:200]
