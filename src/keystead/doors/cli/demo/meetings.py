"""Business reviews of the world: one held in July, one frozen for next week, reports, a hand-over.

The review of the second quarter is frozen while the files of July are the last that have come, so
that its figures are those of that day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Final
from unittest import mock

from django.utils import timezone

from keystead.accounts.queries import account_by_code
from keystead.kernel.periods import Period
from keystead.kit.access import local_actor
from keystead.reviews import queries, services
from keystead.reviews.services import handover, subscriptions
from keystead.reviews.types.cycle import (
    Edits,
    ItemEntry,
    ItemKind,
    ItemState,
    OwnWords,
    Rating,
    Review,
    ReviewEntry,
    ReviewKind,
    Side,
)
from keystead.reviews.types.subscriptions import Every, ReportEntry, ReportKind
from keystead.stakeholders.queries import contacts_at

Say = Callable[[str], None]
A, D = ItemKind.ACTION, ItemKind.DECISION
HEAD, CODE = "anna", "JH-01"
SECOND, THIRD = Period.quarter(2026, 2), Period.quarter(2026, 3)
PREPARED: Final = date(2026, 7, 13)  # the files that come later belong to the third quarter
HELD: Final = date(2026, 7, 16)
NOTES: Final = (
    "王总监：二季度进货超预期，试纸断货要提前两周告知。\n"
    "陈经理：慢病专区十月改版，血压计可上首屏，需要三十条有效评价。\n"
    "返利对账单本月内给财务刘婷，按合同阶梯核对。\n"
    "双方同意双十一备货在九月底前锁定。\n"
    "客户希望一百片装试纸尽快上架。"
)
# Kind, words, from the notes, side, who, due, what became of it.
ITEMS: Final = (
    (A, "提前两周告知试纸断货", "试纸断货要提前两周告知", Side.OURS, "lin", date(2026, 8, 14),
     "八月起每周一发出供货预警"),
    (A, "补齐血压计三十条有效评价", "需要三十条有效评价", Side.OURS, "lin", date(2026, 10, 16), ""),
    (A, "完成二季度返利对账", "返利对账单本月内给财务刘婷", Side.OURS, "lin", date(2026, 7, 31),
     "七月二十九日双方确认"),
    (A, "确认慢病专区首屏位置", "血压计可上首屏", Side.THEIRS, "陈志远", date(2026, 9, 30), ""),
    (D, "双十一备货在九月底前锁定", "双方同意双十一备货在九月底前锁定", Side.OURS, "", None, ""),
)  # fmt: skip


@contextmanager
def on_day(day: date, hour: int = 3) -> Iterator[None]:
    """Let what is done inside be done on a day of the past, as its people would have."""
    moment = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    with mock.patch.object(timezone, "now", return_value=moment):
        yield


def freeze_the_second_quarter(say: Say) -> None:
    """Begin and freeze the review of the second quarter with what is known in July."""
    actor = local_actor("lin")
    with on_day(PREPARED):
        entry = ReviewEntry(
            account_id=account_by_code(actor, CODE).id, kind=ReviewKind.QUARTER, period=SECOND,
            planned_on=HELD, place="上海，京禾总部 18 楼", owner_id=actor.user_id,
        )  # fmt: skip
        begun = services.create_review(actor=actor, entry=entry)
        services.freeze_review(actor=actor, review_id=begun.id)
    say("the second quarter's review is frozen")


def fill_meetings(say: Say) -> None:
    """Hold the review of July, freeze that of the third quarter, subscribe, prepare a hand-over."""
    _held()
    _answered()
    _frozen_now()
    _university()
    _reports()
    _taken_over()
    say("3 reviews, 2 reports by mail, 1 hand-over")


def _held() -> None:
    actor, found = local_actor("lin"), _review("lin", CODE, SECOND)
    contacts = tuple(one.id for one in contacts_at(actor, found.account_id))
    with on_day(PREPARED, 9):
        services.edit_review(
            actor=actor, review_id=found.id, expected_version=None,
            entry=ReviewEntry(
                account_id=found.account_id, kind=found.kind, period=found.period,
                planned_on=HELD, place=found.place, owner_id=found.owner_id, people=contacts[:3],
                colleagues=tuple(one for one in (actor.user_id, local_actor(HEAD).user_id) if one),
            ),
        )  # fmt: skip
        services.approve_review(actor=local_actor(HEAD), review_id=found.id)
    with on_day(HELD, 9):
        services.hold_review(actor=actor, review_id=found.id, on=HELD)
        services.keep_notes(actor=actor, review_id=found.id, notes=NOTES)
        for kind, text, quote, side, who, due, _outcome in ITEMS:
            entry = ItemEntry(
                kind=kind, text=text, quote=quote, side=side, due=due,
                owner_id=local_actor(who).user_id if side is Side.OURS and who else None,
                owner_words=who if side is Side.THEIRS else "",
            )  # fmt: skip
            services.add_item(actor=actor, review_id=found.id, entry=entry)
    with on_day(HELD + timedelta(days=4)):
        services.rate_review(
            actor=actor, review_id=found.id, rating=Rating(4, 5, "数据清楚，下次多谈新品"),
            next_on=date(2026, 11, 27),
        )  # fmt: skip
        services.follow_up(actor=actor, review_id=found.id)


def _answered() -> None:
    actor, found = local_actor("lin"), _review("lin", CODE, SECOND)
    outcomes = {text: (due, outcome) for _k, text, _q, _s, _w, due, outcome in ITEMS if outcome}
    for one in queries.items_of(found):
        due, outcome = outcomes.get(one.text, (None, ""))
        if due:
            with on_day(due):
                services.answer_item(
                    actor=actor, item_id=one.id, state=ItemState.DONE, outcome=outcome, on=due
                )


def _frozen_now() -> None:
    actor = local_actor("lin")
    account = account_by_code(actor, CODE)
    made = services.create_review(actor=actor, entry=ReviewEntry(
        account_id=account.id, kind=ReviewKind.QUARTER, period=THIRD, owner_id=actor.user_id,
    ))  # fmt: skip
    services.edit_story(actor=actor, review_id=made.id, edits=Edits(own={
        "movers": OwnWords(
            text="八月试纸五十片装断货六周，九月已补齐。", notes="断货原因先讲，再讲恢复。"
        ),
        "asks": OwnWords(notes="一百片装上架是本次最重要的请求。"),
    }))  # fmt: skip
    services.freeze_review(actor=actor, review_id=made.id)


def _university() -> None:
    actor = local_actor("claire")
    account = account_by_code(actor, "UVL")
    contacts = tuple(one.id for one in contacts_at(actor, account.id))
    made = services.create_review(actor=actor, entry=ReviewEntry(
        account_id=account.id, kind=ReviewKind.QUARTER, period=THIRD, owner_id=actor.user_id,
        planned_on=date(2026, 12, 3), place="Bibliothèque universitaire, Valmont",
        people=contacts[:4],
    ))  # fmt: skip
    services.edit_story(actor=actor, review_id=made.id, edits=Edits(own={
        "usage": OwnWords(text="Les statistiques COUNTER arrivent désormais chaque mois."),
    }))  # fmt: skip
    services.freeze_review(actor=actor, review_id=made.id)
    services.approve_review(actor=local_actor(HEAD), review_id=made.id)


def _reports() -> None:
    head, lin = local_actor(HEAD), local_actor("lin")
    subscriptions.subscribe(actor=head, entry=ReportEntry(
        kind=ReportKind.PORTFOLIO, every=Every.WEEK, day=1, hour=7, language="en", minutes=40,
    ))  # fmt: skip
    subscriptions.subscribe(actor=lin, entry=ReportEntry(
        kind=ReportKind.REVIEW, account_id=account_by_code(lin, CODE).id, every=Every.MONTH,
        day=3, hour=8, language="zh-hans", minutes=90, inside=True,
    ))  # fmt: skip


def _taken_over() -> None:
    """Prepare the hand-over of a shop that Anna takes from Lin in January."""
    head = local_actor(HEAD)
    handover.prepare(
        actor=head, account_id=account_by_code(head, "TM-02").id, to_user_id=head.user_id or 0,
        on=date(2027, 1, 4), note="Lin leads the chains from January; Tianmai's shop comes to me.",
    )  # fmt: skip


def _review(who: str, code: str, period: Period) -> Review:
    actor = local_actor(who)
    found = queries.review_of(actor, account_by_code(actor, code).id, ReviewKind.QUARTER, period)
    if found is None:
        raise SystemExit(f"{code} has no review of {period}")
    return found
