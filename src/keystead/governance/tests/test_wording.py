"""The wording rules as sentences that people write, in three languages: caught, or left alone."""

from datetime import date

import pytest

from keystead.governance.rules.compliance import check, fold
from keystead.governance.rules.shipped import PRICE_CONTROL_PHRASES, RULES

CAUGHT = {
    "en": [
        "Please hold the price at 59 until Friday.",
        "The retailer shall observe a minimum resale price of EUR 12.",
        "We stop supply if price drops again.",
        "Their shop MUST NOT UNDERCUT the others.",
        "Ask them to respect the list price during the festival.",
    ],
    "zh": [
        "请尽快对该店铺进行控价。",
        "双11期间最低零售价为59元。",
        "经销商乱价处罚办法",
        "售价不得低于39元，否则停止供货。",
        "各平台执行统一零售价。",
    ],
    "fr": [
        "Le revendeur s'engage à respecter un prix minimum de 12 €.",
        "Merci de ne pas vendre en dessous de 10 euros.",
        "Un PRIX DE REVENTE IMPOSÉ figure dans l'annexe.",
        "Il faut tenir les prix pendant l'opération.",
        "Prix   plancher convenu avec l'enseigne",
    ],
}
FINE = {
    "en": ["The recommended price is 59; you set your own.", "Our invoice price rises in May."],
    "zh": ["建议零售价为59元，经销商自主定价。", "我方出厂价自五月起上调。"],
    "fr": ["Le prix conseillé est de 12 € ; vous fixez le vôtre.", "Notre tarif change en mai."],
}


def hits(sentence: str) -> list[str]:
    found = check(RULES, "text", {"text": sentence}, on=date(2026, 6, 1))
    return [hit.rule_id for hit in found]


@pytest.mark.parametrize("sentence", [one for some in CAUGHT.values() for one in some])
def test_a_sentence_that_controls_prices_is_caught(sentence: str) -> None:
    assert hits(sentence) == ["R-02"]


@pytest.mark.parametrize("sentence", [one for some in FINE.values() for one in some])
def test_an_innocent_sentence_is_left_alone(sentence: str) -> None:
    assert hits(sentence) == []


@pytest.mark.parametrize("phrase", PRICE_CONTROL_PHRASES)
def test_every_phrase_triggers_in_any_writing(phrase: str) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in phrase)
    for text in (phrase, phrase.upper(), f"  {phrase}.", wide):
        assert hits(text) == ["R-02"], text


def test_the_three_languages_are_each_there() -> None:
    chinese = [p for p in PRICE_CONTROL_PHRASES if any("\u4e00" <= c <= "\u9fff" for c in p)]
    french = [p for p in PRICE_CONTROL_PHRASES if fold(p) != p or "prix" in p]
    others = set(PRICE_CONTROL_PHRASES) - set(chinese) - set(french)
    assert min(len(chinese), len(french), len(others)) >= 9


def test_every_rule_of_the_list_is_shipped_once() -> None:
    assert [rule.id for rule in RULES] == [f"R-{number:02}" for number in range(1, 29)]


def test_the_only_rule_that_reads_text_is_the_one_tested_here() -> None:
    assert [rule.id for rule in RULES if "phrases" in str(rule.trigger)] == ["R-02"]
