"""A kept figure is never out of date, and never crosses from one person's accounts to another's."""

from __future__ import annotations

import threading
import time
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from keystead.accounts import services as accounts
from keystead.catalog import services as catalog
from keystead.kit.access import SYSTEM
from keystead.kit.access.once import once, reading_once
from keystead.metrics.queries import evaluate
from keystead.metrics.queries.kept import Memory, memory
from keystead.metrics.queries.store import Store
from keystead.metrics.tests import room
from keystead.metrics.tests.worlds import day

D = Decimal


def line(account_id: int, product_id: int, value: int, when: str = "2026-01-05") -> dict:
    return {"account_id": account_id, "product_id": product_id, "date": day(when),
            "quantity": 1, "value": value}  # fmt: skip


@pytest.fixture
def house(db: None) -> dict:
    memory.clear()
    anna, ben = room.user("anna", "kam"), room.user("ben", "kam")
    ids = {"a": room.account("A1", anna, segment="gold"), "b": room.account("B1", ben)}
    ids["p"] = room.product("P1", brand="Acu")
    room.post("sell_in", [line(ids["a"], ids["p"], 1000), line(ids["b"], ids["p"], 99)])
    return {**ids, "anna": anna, "ben": ben}


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count how often figures are really worked out."""
    seen: list[int] = []
    run = Store._run

    def counted(self, *args, **more):
        seen.append(1)
        return run(self, *args, **more)

    monkeypatch.setattr(Store, "_run", counted)
    return seen


def total(actor, **more):
    return evaluate(actor=actor, metrics="sell_in", period="2026", **more)


def test_the_same_question_is_worked_out_once(house, runs) -> None:
    assert [total(house["anna"]).figure("sell_in").value for _time in range(3)] == [D(1000)] * 3
    assert len(runs) == 1


def test_each_person_has_the_figures_of_their_own_accounts(house) -> None:
    for _time in range(2):
        assert total(house["anna"]).figure("sell_in").value == D(1000)
        assert total(house["ben"]).figure("sell_in").value == D(99)
        assert total(SYSTEM).figure("sell_in").value == D(1099)


def test_a_new_file_a_share_taken_away_and_a_merge_count_at_once(house) -> None:
    assert total(SYSTEM).figure("sell_in").value == D(1099)
    room.post("sell_in", [line(house["a"], house["p"], 5, "2026-02-01")], lineage="more")
    assert total(SYSTEM).figure("sell_in").value == D(1104)
    assert total(house["anna"]).figure("sell_in").value == D(1005)
    accounts.assign_team(
        actor=SYSTEM, account_id=house["b"], user_id=house["anna"].user_id, role="member",
        valid_from=date(2020, 1, 1),
    )  # fmt: skip
    assert total(house["anna"]).figure("sell_in").value == D(1104)


def test_a_new_segment_or_name_is_seen_at_once(house) -> None:
    def segments() -> set[str]:
        return set(total(SYSTEM, by=["segment"]).table["segment"].to_pylist())

    def names() -> set[str]:
        return set(total(SYSTEM, by=["account"]).table["account_name"].to_pylist())

    assert (segments(), names()) == ({"gold", ""}, {"A1 Ltd", "B1 Ltd"})
    accounts.edit_account(
        actor=SYSTEM, account_id=house["a"], version=1, segment="silver", name="New"
    )
    assert (segments(), names()) == ({"silver", ""}, {"New", "B1 Ltd"})


def test_a_name_alone_costs_no_new_working_out(house, runs) -> None:
    total(SYSTEM, by=["account"])
    accounts.edit_account(actor=SYSTEM, account_id=house["a"], version=1, name="New")
    found = total(SYSTEM, by=["account"])
    assert set(found.table["account_name"].to_pylist()) == {"New", "B1 Ltd"}
    assert len(runs) == 1


def test_a_listing_agreed_since_counts_at_once(house) -> None:
    def coverage():
        asked = {"metrics": "listing_coverage", "period": "2026-01"}
        return evaluate(actor=SYSTEM, **asked).figure("listing_coverage")

    room.post(
        "listing",
        [{"account_id": house["a"], "product_id": house["p"], "date": day("2026-01-02"),
          "status": "listed"}],
    )  # fmt: skip
    before = coverage().value
    catalog.add_listing(
        actor=SYSTEM, account_id=house["b"], product_id=house["p"], agreed=True,
        valid_from=date(2026, 1, 1),
    )  # fmt: skip
    assert coverage().value != before


def test_what_is_asked_at_the_same_time_is_worked_out_once() -> None:
    found, worked = [], []
    one = Memory()

    def work() -> pa.Table:
        worked.append(1)
        time.sleep(0.05)
        return pa.table({"a": [1]})

    threads = [threading.Thread(target=lambda: found.append(one.get("k", work))) for _n in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(worked), [table["a"].to_pylist() for table in found]) == (1, [[1]] * 5)


def test_a_failure_is_not_kept_and_the_longest_unused_leaves_first() -> None:
    table = pa.table({"a": list(range(100))})
    one = Memory(most_bytes=2 * table.nbytes)
    with pytest.raises(ZeroDivisionError):
        one.get("a", lambda: pa.table({"a": [1 // 0]}))
    worked = []

    def work(name: str):
        return one.get(name, lambda: worked.append(name) or table)

    for name in ("a", "b", "a", "c", "a", "b"):
        work(name)
    assert worked == ["a", "b", "c", "b"]


def test_only_a_reading_request_looks_once_and_forgets_afterwards() -> None:
    looks: list[int] = []

    def look() -> int:
        looks.append(1)
        return len(looks)

    for method, expected in (("GET", [1, 1]), ("POST", [2, 3]), ("GET", [4, 4])):
        with reading_once(method):
            assert [once("k", look), once("k", look)] == expected
    assert once("k", look) == 5
