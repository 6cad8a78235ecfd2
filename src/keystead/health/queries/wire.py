"""Health as plain values, for the API and ``--json``."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from keystead.health.rules.scoring import plain_rule, plain_rules
from keystead.health.types.scores import BackTest, Part, RuleSet, Score, Snapshot, Standing
from keystead.health.types.surveys import FollowUp, Nps, Result, Survey


def standing_body(found: Standing) -> dict[str, Any]:
    """Return an account of the list with its newest kept score."""
    return {
        "account_id": found.account_id, "account": found.code, "name": found.name,
        "month": _day(found.newest.month) if found.newest else None,
        **(score_figures(found.newest.score) if found.newest else {}),
        "change_in_3_months": _amount(found.change),
        "open_follow_ups": found.open_follow_ups,
        "trend": [{"month": _day(on), "score": str(score)} for on, score in found.trend],
    }  # fmt: skip


def score_figures(found: Score) -> dict[str, Any]:
    """Return a score without its parts."""
    return {
        "score": str(found.score), "ceiling": str(found.ceiling),
        "known_pct": str(found.known_pct), "band": found.band.value,
        "rules_version": found.rules_number,
    }  # fmt: skip


def score_body(found: Score) -> dict[str, Any]:
    """Return a score with every part of it."""
    return {**score_figures(found), "parts": [part_body(one) for one in found.parts]}


def part_body(one: Part) -> dict[str, Any]:
    """Return one signal of a score: its rule, what it says, from where, and what it adds."""
    seen = one.reading
    return {
        **plain_rule(one.rule), "value": _amount(seen.value), "missing": one.missing,
        "why_missing": seen.why.value or None, "points": _amount(one.points),
        "adds": str(one.adds), "source": seen.source or None, "n": seen.n,
        "proof": seen.proof or None, "told": seen.text or None, "on": _day(seen.on),
    }  # fmt: skip


def snapshot_body(found: Snapshot) -> dict[str, Any]:
    """Return a kept score of a month."""
    return {
        "month": _day(found.month), "taken_at": found.taken_at.isoformat(),
        "late_days": found.late_days, **score_body(found.score),
    }  # fmt: skip


def rules_body(found: RuleSet) -> dict[str, Any]:
    """Return a version of the rules."""
    return {
        "version": found.number, **plain_rules(found), "why": found.why,
        "by": found.by_name or None, "at": found.at.isoformat() if found.at else None,
    }  # fmt: skip


def back_test_body(found: BackTest) -> dict[str, Any]:
    """Return a back-test; without figures where it is not validated."""
    return {
        "months_before": found.months, "validated": found.validated,
        "closed_renewals": found.closed, "with_a_score": found.scored, "losses": found.losses,
        "needed": found.needed, "needed_losses": found.needed_losses,
        "left_out_as_late": found.late, "auc": _amount(found.auc), "auc_low": _amount(found.low),
        "auc_high": _amount(found.high),
        "calibration": [
            {"from": one.low, "to": one.high, "n": one.n, "renewed": one.renewed,
             "mean_score": _amount(one.mean_score), "renewed_pct": _amount(one.pct),
             "low": _amount(one.pct_low), "high": _amount(one.pct_high)}
            for one in found.bins
        ],
    }  # fmt: skip


def survey_body(found: Survey) -> dict[str, Any]:
    """Return a survey without its answers."""
    return {
        "id": found.id, "account_id": found.account_id, "account": found.account_name,
        "name": found.name, "state": found.state.value, "last_day": _day(found.ends_on),
        "owner": found.owner_name or None, "asked": found.asked, "answered": found.answered,
        "questions": [
            {"code": one.code, "kind": one.kind.value, "words": dict(one.words)}
            for one in found.questions
        ],
        "version": found.version,
    }  # fmt: skip


def nps_body(found: Nps) -> dict[str, Any]:
    """Return a net promoter score with n and interval."""
    return {
        "n": found.n, "promoters": found.promoters, "passives": found.passives,
        "detractors": found.detractors, "score": _amount(found.score),
        "low": _amount(found.low), "high": _amount(found.high), "too_few": found.few,
    }  # fmt: skip


def result_body(found: Result) -> dict[str, Any]:
    """Return what the answers to a question say, without what people wrote."""
    share = found.share
    return {
        "code": found.code, "kind": found.kind.value, "question": found.question, "n": found.n,
        "nps": nps_body(found.nps) if found.nps else None,
        "share": None if share is None else {
            "pct": _amount(share.pct), "low": _amount(share.low), "high": _amount(share.high),
            "too_few": share.few,
        },
        "mean": _amount(found.mean), "counts": [list(one) for one in found.counts],
    }  # fmt: skip


def follow_up_body(found: FollowUp) -> dict[str, Any]:
    """Return a follow-up."""
    return {
        "id": found.id, "account_id": found.account_id, "account": found.account_name,
        "survey_id": found.survey_id, "owner": found.owner_name or None,
        "due_on": _day(found.due_on), "state": found.state.value,
        "outcome": found.outcome.value if found.outcome else None, "version": found.version,
    }  # fmt: skip


def _amount(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
