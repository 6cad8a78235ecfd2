"""Compliance rules: what triggers, what stops, who may lift it."""

from datetime import date

import pytest
from django.utils import translation

from keystead.governance.models import RuleHit
from keystead.governance.queries import compliance as reads
from keystead.governance.queries import rule_words
from keystead.governance.rules.compliance import check, validate
from keystead.governance.rules.shipped import PRICE_CONTROL_PHRASES, RULES
from keystead.governance.services import compliance
from keystead.governance.types.compliance import ComplianceRule, Level
from keystead.kernel.errors import Conflict, Invalid, NotAllowed
from keystead.kit.models import AuditEntry

TODAY = date(2026, 11, 18)


def ids(context, facts, **where):
    return [hit.rule_id for hit in check(RULES, context, facts, on=TODAY, **where)]


class TestShippedRules:
    def test_all_28_are_there_and_well_formed(self):
        assert [rule.id for rule in RULES] == [f"R-{number:02}" for number in range(1, 29)]
        for rule in RULES:
            validate(rule.trigger)

    @pytest.mark.parametrize("phrase", PRICE_CONTROL_PHRASES)
    def test_each_phrase_is_found_inside_a_sentence(self, phrase):
        assert ids("text", {"text": f"Please note: {phrase.upper()} applies."}) == ["R-02"]

    @pytest.mark.parametrize(
        "text",
        [
            "Il faut tenir  les\nPRIX",
            "请供应商控价，否则…",
            "Prix plancher à définir",
            "ＭＩＮ ＰＲＩＣＥ",
        ],
    )
    def test_wording_is_found_across_spacing_width_and_accents(self, text):
        assert ids("text", {"text": text}) == ["R-02"]

    @pytest.mark.parametrize(
        "text", ["Our invoice price list 2027", "Recommended price 99", "今年的销售价格分析", ""]
    )
    def test_ordinary_wording_passes(self, text):
        assert ids("text", {"text": text}) == []

    @pytest.mark.parametrize(
        ("context", "facts", "where", "expected"),
        [
            ("condition", {"reads_resale_price": True}, {}, ["R-01"]),
            ("condition", {"reads_resale_price": False}, {}, []),
            ("agreement", {"own_share_pct": 31}, {"jurisdictions": frozenset({"EU"})}, ["R-07"]),
            ("agreement", {"own_share_pct": 30}, {"jurisdictions": frozenset({"EU"})}, []),
            ("agreement", {"own_share_pct": 31}, {"jurisdictions": frozenset({"CN"})}, []),
            (
                "payment",
                {"is_service": True, "deliverable": "data", "ledger_code": "6601"},
                {},
                ["R-09"],
            ),
            (
                "payment",
                {
                    "is_service": True,
                    "deliverable": "x",
                    "dates": "x",
                    "proof": "x",
                    "fair_value_note": "x",
                    "ledger_code": "6601",
                },
                {},
                [],
            ),
            ("share", {"names_resellers": True, "leaves_company": True}, {}, ["R-05"]),
            ("share", {"names_resellers": True, "leaves_company": False}, {}, []),
        ],
    )
    def test_triggers(self, context, facts, where, expected):
        assert ids(context, facts, **where) == expected

    def test_message_is_filled_and_a_missing_value_stays_visible(self):
        hit = check(RULES, "condition", {"below_cost": True, "tier": 3}, on=TODAY)[0]
        assert hit.message == "Price below cost at tier 3."
        hit = check(RULES, "condition", {"below_cost": True}, on=TODAY)[0]
        assert hit.message == "Price below cost at tier {tier}."


def test_dates_and_order_of_strictness():
    rules = [
        ComplianceRule("B", "x", Level.LOG, {"field": "a", "op": "is", "value": 1}, "m"),
        ComplianceRule("A", "x", Level.BLOCK, {"field": "a", "op": "is", "value": 1}, "m"),
        ComplianceRule(
            "C",
            "x",
            Level.BLOCK,
            {"field": "a", "op": "is", "value": 1},
            "m",
            valid_until=TODAY,
        ),
    ]
    assert [hit.rule_id for hit in check(rules, "x", {"a": 1}, on=TODAY)] == ["A", "B"]


@pytest.mark.parametrize(
    "trigger",
    [
        {},
        {"field": "a"},
        {"field": "a", "op": "about", "value": 1},
        {"all": []},
        {"field": "a", "op": "gt"},
    ],
)
def test_malformed_conditions_are_refused(trigger):
    with pytest.raises(Invalid):
        validate(trigger)


@pytest.mark.django_db
class TestDecisions:
    facts = {"text": "please hold the price"}

    def screen(self, actor, facts=None):
        return compliance.screen(
            actor=actor, context="text", subject=("note", 5), facts=facts or self.facts
        )

    def test_a_stop_is_stored_once_and_refuses_until_compliance_allows(self, kam, make_actor):
        hits = self.screen(kam)
        assert self.screen(kam)[0].id == hits[0].id
        with pytest.raises(NotAllowed, match="hold the price"):
            compliance.refuse_if_stopped(hits)
        officer = make_actor("cleo", "compliance")
        with pytest.raises(NotAllowed):
            compliance.decide_hit(actor=kam, hit_id=hits[0].id, allow=True, reason="ok")
        with pytest.raises(Invalid):
            compliance.decide_hit(actor=officer, hit_id=hits[0].id, allow=True, reason=" ")
        compliance.decide_hit(actor=officer, hit_id=hits[0].id, allow=True, reason="Own price")
        compliance.refuse_if_stopped(self.screen(kam))
        with pytest.raises(Conflict):
            compliance.decide_hit(actor=officer, hit_id=hits[0].id, allow=False, reason="no")
        assert AuditEntry.objects.filter(action__startswith="compliance").count() == 2

    def test_other_facts_need_a_new_decision(self, kam, make_actor):
        first = self.screen(kam)[0]
        officer = make_actor("cleo", "compliance")
        compliance.decide_hit(actor=officer, hit_id=first.id, allow=True, reason="fine")
        again = self.screen(kam, {"text": "please hold the price everywhere"})
        assert compliance.stopped_by(again).id != first.id

    def test_nobody_decides_what_they_caused(self, make_actor):
        officer = make_actor("cleo", "compliance")
        hit = self.screen(officer)[0]
        with pytest.raises(NotAllowed, match="second person"):
            compliance.decide_hit(actor=officer, hit_id=hit.id, allow=True, reason="mine")
        assert RuleHit.objects.get().state == "open"

    def test_a_company_overrides_a_shipped_rule_with_a_reason(self, kam, make_actor):
        officer = make_actor("cleo", "compliance")
        values = {
            "context": "text",
            "level": "warn",
            "trigger": {"field": "text", "phrases": ["hold the price"]},
            "message": "Careful.",
        }
        with pytest.raises(Invalid):
            compliance.save_rule(actor=officer, rule_id="R-02", values=values, why="")
        compliance.save_rule(actor=officer, rule_id="R-02", values=values, why="Counsel, May")
        assert {rule.id: rule.level for rule in reads.rules()}["R-02"] is Level.WARN
        assert compliance.stopped_by(self.screen(kam)) is None


def test_every_shipped_rule_speaks_the_language_of_the_reader():
    own = "Our own wording."
    for rule in RULES:
        assert rule.message in rule_words.SENTENCES
        for language in ("fr", "zh-hans"):
            with translation.override(language):
                assert rule_words.sentence(rule.id, rule.message) != rule.message
                assert rule_words.sentence(rule.id, own) == own
                assert rule_words.context_words(rule.context) != rule.context
    with translation.override("fr"):
        said = rule_words.sentence("R-11", "Price below cost at tier 3.")
    assert said == "Prix inférieur au coût au palier 3."
