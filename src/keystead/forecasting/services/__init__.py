"""Writes of the forecasting room."""

from keystead.forecasting.services.cycles import (
    back_to_open,
    begin_review,
    cancel_cycle,
    open_cycle,
    set_calendar,
)
from keystead.forecasting.services.locking import lock, take_back_lock, take_decision
from keystead.forecasting.services.notes import comment, judge_assumption, write_assumption
from keystead.forecasting.services.overriding import override, preview
from keystead.forecasting.services.runs import JOB, calculate, fail, start_run
from keystead.forecasting.services.submitting import send_back, sign_off, submit
from keystead.forecasting.services.undoing import withdraw, withdraw_all

__all__ = [
    "JOB",
    "back_to_open",
    "begin_review",
    "calculate",
    "cancel_cycle",
    "comment",
    "fail",
    "judge_assumption",
    "lock",
    "open_cycle",
    "override",
    "preview",
    "send_back",
    "set_calendar",
    "sign_off",
    "start_run",
    "submit",
    "take_back_lock",
    "take_decision",
    "withdraw",
    "withdraw_all",
    "write_assumption",
]
