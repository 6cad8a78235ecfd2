"""What may not leave: names in every dress, codes, figures, private texts, opinions, wording."""

from __future__ import annotations

import doctest

import pytest

from keystead.governance.rules import outbound, outbound_names
from keystead.governance.rules.outbound import check_release, look
from keystead.governance.types.outbound import (
    Finding,
    Findings,
    Leak,
    Other,
    Piece,
    Severity,
    SourcedFigure,
    Vocabulary,
)
from keystead.kernel.errors import Conflict, Invalid

OTHERS = (
    Other(2, ("Kangmei Pharmacy Co., Ltd.",), ("KM-07", "QH")),
    Other(3, ("康美大药房连锁有限公司",), ("KMYF01",)),
    Other(4, ("Université de Bourgogne",), ("UB21",)),
    Other(5, ("Anna Holding West",), ()),
)
KNOWN = Vocabulary(
    own_ids=frozenset({1, 11}),
    own=("Anna Holding", "A-01", "安娜健康"),
    others=OTHERS,
    private=("Walk away below 480,000 whatever they say about the budget.", "480,000",
             "若低于四十八万元则退出谈判"),
    people=("Hélène Dupont", "王小明"),
    opinions=("Likes to be flattered before every decision.",),
    unapproved=("Autumn Glow 2026",),
)  # fmt: skip


def leaks(text: str, kind: str = "text") -> set[Leak]:
    return {one.leak for one in look([Piece("slide 1", text, kind)], (), KNOWN).found}


@pytest.mark.parametrize("module", [outbound, outbound_names])
def test_the_examples_hold(module) -> None:
    found = doctest.testmod(module)
    assert found.failed == 0
    assert found.attempted


@pytest.mark.parametrize(
    "text",
    [
        "as agreed with Kangmei Pharmacy", "KANGMEI", "ｋａｎｇｍｅｉ　ｐｈａｒｍａｃｙ", "Kangmei  Pharmacy Co Ltd",
        "see KangmeiPharmacy.xlsx", "code KM-07 here", "km07", "Km 07", "the QH price", "(QH)",
        "康美大药房的价格", "与康美合作", "康 美 大 药 房", "UNIVERSITE DE BOURGOGNE", "université  de bourgogne",
        "UB21", "Anna Holding West pays more", "KMYF01的条款",
    ],
)  # fmt: skip
def test_other_accounts_are_found_in_every_dress(text: str) -> None:
    assert Leak.OTHER_ACCOUNT in leaks(text)


@pytest.mark.parametrize(
    "text",
    [
        "Anna Holding sold more", "A-01", "安娜健康的销售", "the university and its hospital", "pharmacy",
        "a QHD screen", "AUB21X", "km", "07", "Co., Ltd.", "大药房连锁", "Sales grew by 480 units",
        "Madame Dupont opened the meeting", "Hélène Dupont presents the results",
        "the market in Bourgogne", "the recommended price is 12", "minimum order quantity",
    ],
)  # fmt: skip
def test_what_is_harmless_passes(text: str) -> None:
    assert leaks(text) == set()


@pytest.mark.parametrize(
    ("text", "leak"),
    [
        ("we WALK AWAY below 480,000 whatever they say about the budget", Leak.PRIVATE),
        ("offer: 480 000", Leak.PRIVATE),
        ("若低于四十八万元则退出谈判", Leak.PRIVATE),
        ("likes to be flattered before every decision", Leak.OPINION),
        ("Hélène Dupont is a blocker", Leak.OPINION),
        ("helene dupont, opposante, contre nous", Leak.OPINION),
        ("王小明没有决定权", Leak.OPINION),
        ("please hold the price above 99", Leak.PRICE_CONTROL),
        ("商家零售价格不得低于建议价", Leak.PRICE_CONTROL),
        ("Merci de ne pas vendre en dessous de 20", Leak.PRICE_CONTROL),
        ("Autumn Glow 2026 starts", Leak.CAMPAIGN),
        ("INTERNAL ONLY", Leak.INSIDE),
        ("仅限内部", Leak.INSIDE),
    ],
)
def test_what_is_ours_alone_is_found(text: str, leak: Leak) -> None:
    assert leak in leaks(text)


def test_a_finding_shows_only_words_of_the_document() -> None:
    (found,) = look([Piece("notes 2", "like KANGMEI does", "note")], (), KNOWN).found
    assert (found.place, found.found, found.account_id) == ("notes 2", "kangmei", 2)
    assert "Ltd" not in found.found


@pytest.mark.parametrize(
    ("figure", "wanted"),
    [
        (SourcedFigure("s", "5", frozenset({1})), set()),
        (SourcedFigure("s", "5", frozenset({1, 11})), set()),
        (SourcedFigure("s", "5", frozenset({1, 2})), {Leak.OTHER_FIGURE}),
        (SourcedFigure("s", "5", None), {Leak.OTHER_FIGURE}),
        (SourcedFigure("s", "5", frozenset(), known=False), {Leak.OTHER_FIGURE}),
        (SourcedFigure("s", "5", frozenset({1}), resale_price=True), {Leak.RESALE_PRICE}),
    ],
)
def test_figures_go_by_their_source(figure: SourcedFigure, wanted: set[Leak]) -> None:
    found = look((), [figure], KNOWN)
    assert {one.leak for one in found.found} == wanted
    assert found.blocked is bool(wanted)


def test_what_is_missing_blocks() -> None:
    known = Vocabulary(frozenset({1}), missing=("The plan is not approved.",))
    assert [one.leak for one in look((), (), known).found] == [Leak.NO_APPROVAL]


def test_what_may_be_released() -> None:
    review = Findings((Finding("s", Leak.PRICE_CONTROL, Severity.REVIEW, "hold the price"),))
    block = Findings((Finding("s", Leak.PRIVATE, Severity.BLOCK, "x"),))
    check_release(Findings(), reason="", by=1, made_by=1)
    check_release(review, reason="Quoted from their own letter.", by=2, made_by=1)
    for reason, by in (("", 2), ("short", 2)):
        with pytest.raises(Invalid):
            check_release(review, reason=reason, by=by, made_by=1)
    with pytest.raises(Conflict):
        check_release(review, reason="Quoted from their own letter.", by=1, made_by=1)
    with pytest.raises(Conflict):
        check_release(block, reason="Quoted from their own letter.", by=2, made_by=1)


@pytest.mark.parametrize(
    "said", ["Kang\u200bmei Phar\u00admacy", "K\u0430ngm\u0435i Ph\u0430rmacy"]
)
def test_invisible_signs_and_look_alike_letters_hide_nothing(said: str) -> None:
    assert {one.leak for one in look([Piece("s", f"as {said} has")], (), KNOWN).found} == {
        Leak.OTHER_ACCOUNT
    }


def test_a_judgement_near_a_family_name_asks_for_review() -> None:
    known = Vocabulary(frozenset({1}), people=("Mireille Castaignet",))
    found = look([Piece("s", "Castaignet is a blocker here")], (), known).found
    assert [(one.leak, one.severity) for one in found] == [(Leak.OPINION, Severity.REVIEW)]
    assert look([Piece("s", "Castaignet takes the minutes")], (), known).clean
