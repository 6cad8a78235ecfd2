"""The import desk from a received file to rows that count, step by step."""

from __future__ import annotations

from decimal import Decimal

import pytest

from keystead.accounts.queries import account_by_code
from keystead.catalog.queries import product_by_sku
from keystead.kernel.errors import Invalid, NotAllowed, NotFound
from keystead.kit.access import SYSTEM, Actor
from keystead.kit.models import AuditEntry
from keystead.ledger import models, queries
from keystead.ledger.services import desk, undo_batch
from keystead.ledger.tests.desk_factories import (
    INVOICES,
    again,
    bring,
    counts,
    facts,
    outcome,
    questions,
    world,
)
from keystead.ledger.types import BatchState

pytestmark = pytest.mark.django_db
VIEWER = Actor(None, "viewer", "Viewer", roles=frozenset({"viewer"}))


def values() -> list[Decimal]:
    return [row[0] for row in facts()]


class TestStraight:
    def test_a_known_file_is_ready_at_once_and_posts(self) -> None:
        ids = world()
        batch = bring()
        assert batch.state == BatchState.READY
        assert counts(batch.id) == (4, 0, 0, 0)
        assert facts() == []
        posted = desk.post_batch(actor=SYSTEM, batch_id=batch.id)
        assert posted.state == BatchState.POSTED
        assert posted.counts.posted == posted.counts.rows_in == 4
        columns = "source_row, account_id, product_id, quantity, value, currency, unit, is_return"
        one, two = ids["A-1"], ids["A-2"]
        p1, p2 = ids["P-1"], ids["P-2"]
        assert facts(columns=columns) == [
            (2, one, p1, Decimal(10), Decimal("25.0000"), "EUR", "pack", False),
            (3, one, p2, Decimal(4), Decimal("20.0000"), "EUR", "pack", False),
            (4, two, p1, Decimal(6), Decimal("15.0000"), "EUR", "pack", False),
            (5, two, p1, Decimal(-2), Decimal("-5.0000"), "EUR", "pack", True),
        ]

    def test_totals_are_shown_by_month_and_currency(self) -> None:
        world()
        batch = bring()
        shown = {
            (one["measure"], one["month"], one["currency"]): one["value"]
            for one in outcome(batch.id)["totals"]
        }
        assert shown == {
            ("quantity", "2026-01-01", ""): "14.0000",
            ("quantity", "2026-02-01", ""): "4.0000",
            ("value", "2026-01-01", "EUR"): "45.0000",
            ("value", "2026-02-01", "EUR"): "10.0000",
        }

    def test_each_decision_is_in_the_trail_once(self) -> None:
        world()
        batch = bring()
        desk.decide(actor=SYSTEM, batch_id=batch.id, repeats="skip")
        again(batch.id)
        desk.post_batch(actor=SYSTEM, batch_id=batch.id)
        done = AuditEntry.objects.filter(subject_type="batch", subject_id=str(batch.id))
        assert list(done.order_by("pk").values_list("action", flat=True)) == [
            "ledger.receive", "ledger.decide_rows", "ledger.post",
        ]  # fmt: skip

    def test_preparing_again_changes_nothing(self) -> None:
        world()
        batch = bring()
        before = outcome(batch.id)
        again(batch.id)
        again(batch.id)
        assert outcome(batch.id) == before

    def test_who_may_not_import_changes_nothing(self) -> None:
        with pytest.raises(NotAllowed):
            bring(actor=VIEWER)
        assert not models.Batch.objects.exists()

    def test_a_foreign_import_is_missing(self) -> None:
        world()
        batch = bring()
        kam = Actor(77, "kam", "Kam", roles=frozenset({"kam"}))
        with pytest.raises(NotFound):
            desk.decide(actor=kam, batch_id=batch.id, repeats="skip")


class TestSameFile:
    def test_twice_is_one_effect(self) -> None:
        world()
        first = bring()
        desk.post_batch(actor=SYSTEM, batch_id=first.id)
        second = bring()
        assert second.id == first.id
        assert len(facts()) == 4

    def test_posting_twice_is_one_effect(self) -> None:
        world()
        batch = bring()
        desk.post_batch(actor=SYSTEM, batch_id=batch.id)
        assert desk.post_batch(actor=SYSTEM, batch_id=batch.id).id == batch.id
        assert len(facts()) == 4
        assert AuditEntry.objects.filter(action="ledger.post").count() == 1

    def test_an_open_import_takes_what_is_said_this_time(self) -> None:
        world()
        first = bring()
        second = bring(repeats="skip")
        assert second.id == first.id
        assert models.DeskWork.objects.get(pk=first.id).decisions["repeats"] == "skip"

    def test_without_a_source_it_is_the_same_import_too(self) -> None:
        world()
        first = bring(dataset="", source="")
        assert queries.batch(SYSTEM, first.id).source == "invoices"
        assert bring(dataset="", source="").id == first.id
        assert bring(dataset="sell_in", source="").id == first.id

    def test_when_the_source_is_only_recognised_the_second_is_closed(self) -> None:
        world()
        first = bring(source="invoices")
        second = bring(dataset="", source="")
        assert second.id != first.id
        assert second.state == BatchState.CANCELLED
        assert second.problem["data"]["batch_id"] == first.id

    def test_after_an_undo_it_may_come_again(self) -> None:
        world()
        first = bring()
        desk.post_batch(actor=SYSTEM, batch_id=first.id)
        undo_batch(actor=SYSTEM, batch_id=first.id)
        assert facts() == []
        second = bring()
        desk.post_batch(actor=SYSTEM, batch_id=second.id)
        assert second.id != first.id
        assert len(facts()) == 4


class TestQuestions:
    def test_no_account_column_is_asked(self) -> None:
        ids = world()
        text = "SKU,Date,Qty,Value\nP-1,2026-01-05,1,2.5\n"
        batch = bring(text, dataset="off_take")
        assert batch.state == BatchState.MAPPING
        assert questions(batch.id) == ["field:account"]
        with pytest.raises(Invalid) as caught:
            desk.post_batch(actor=SYSTEM, batch_id=batch.id)
        assert caught.value.code == "not_ready"
        desk.set_mapping(actor=SYSTEM, batch_id=batch.id, fields={"account": {"constant": "A-1"}})
        assert again(batch.id).state == BatchState.READY
        desk.post_batch(actor=SYSTEM, batch_id=batch.id)
        assert facts("off_take", "account_id, currency, basis") == [(ids["A-1"], "EUR", "paid")]

    def test_no_currency_anywhere_is_asked(self) -> None:
        world()
        desk_text = INVOICES.replace(",Currency", "").replace(",EUR", "").replace("A-1", "A-9")
        batch = bring(desk_text.replace("A-2", "A-8"))
        assert questions(batch.id) == ["currency"]
        desk.set_mapping(actor=SYSTEM, batch_id=batch.id, fields={"currency": {"constant": "GBP"}})
        again(batch.id)
        assert questions(batch.id) == []

    def test_what_the_file_is_may_be_unclear(self) -> None:
        world()
        batch = bring("code,date\nP-1,2026-01-01\n", dataset="")
        assert questions(batch.id) == ["dataset"]
        desk.set_place(actor=SYSTEM, batch_id=batch.id, dataset="listing")
        again(batch.id)
        assert "dataset" not in questions(batch.id)

    def test_dates_that_may_be_day_or_month_first_are_asked(self) -> None:
        world()
        text = INVOICES.replace("2026-01-05", "05/01/2026").replace("2026-02-03", "03/02/2026")
        batch = bring(text.replace("2026-02-10", "10/02/2026"))
        assert questions(batch.id) == ["date_order:Invoice date"]
        desk.set_options(actor=SYSTEM, batch_id=batch.id, options={"date_order": "dmy"})
        again(batch.id)
        assert [one["month"] for one in outcome(batch.id)["months"]] == ["2026-01-01", "2026-02-01"]

    def test_a_comma_that_may_group_or_part_is_asked(self) -> None:
        world()
        text = 'Customer ID,SKU,Date,Qty,Value\nA-1,P-1,2026-01-05,1,"1,234"\n'
        batch = bring(text)
        assert questions(batch.id) == ["decimal:Value"]
        desk.set_options(actor=SYSTEM, batch_id=batch.id, options={"decimal": "comma"})
        again(batch.id)
        desk.post_batch(actor=SYSTEM, batch_id=batch.id)
        assert values() == [Decimal("1.2340")]

    def test_a_formula_that_cannot_be_computed_is_said(self) -> None:
        world()
        batch = bring(fields={"value": {"formula": "quantity * nothing"}})
        assert batch.state == BatchState.MAPPING
        assert batch.problem["code"] == "mapping"
        desk.set_mapping(
            actor=SYSTEM, batch_id=batch.id, fields={"value": {"formula": "[Qty] * 2"}}
        )
        assert again(batch.id).state == BatchState.READY


class TestMatching:
    def unknown(self) -> int:
        world()
        text = INVOICES.replace("P-1,Aspirin 500", "X-7,Aspirine 500 mg")
        return bring(text, source="wholesaler").id

    def test_rows_of_an_unknown_code_wait(self) -> None:
        batch_id = self.unknown()
        assert counts(batch_id) == (1, 3, 0, 0)
        lines, total = queries.code_lines(SYSTEM, batch_id, "product", states=["unknown"])
        assert total == 1
        assert (lines[0].code, lines[0].rows, lines[0].text) == ("X-7", 3, "c:X-7")

    def test_a_confirmed_code_holds_for_later_files_of_the_source(self) -> None:
        batch_id = self.unknown()
        target = product_by_sku(SYSTEM, "P-1").id
        desk.confirm_match(
            actor=SYSTEM, batch_id=batch_id, kind="product", text="c:X-7", target_id=target
        )
        again(batch_id)
        assert counts(batch_id) == (4, 0, 0, 0)
        later = bring(
            "Invoice No,Customer ID,SKU,Invoice date,Qty,Unit price\nF9,A-1,X-7,2026-03-01,1,1\n",
            source="wholesaler",
        )
        assert counts(later.id) == (1, 0, 0, 0)
        other = bring(
            "Invoice No,Customer ID,SKU,Invoice date,Qty,Unit price\nF8,A-1,X-7,2026-03-01,1,1\n",
            source="somebody else",
        )
        assert counts(other.id) == (0, 1, 0, 0)

    def test_it_can_be_taken_back(self) -> None:
        batch_id = self.unknown()
        target = product_by_sku(SYSTEM, "P-1").id
        for one in (target, None):
            desk.confirm_match(
                actor=SYSTEM, batch_id=batch_id, kind="product", text="c:X-7", target_id=one
            )
        again(batch_id)
        assert counts(batch_id) == (1, 3, 0, 0)

    def test_waiting_rows_are_released_after_the_post(self) -> None:
        batch_id = self.unknown()
        desk.post_batch(actor=SYSTEM, batch_id=batch_id)
        assert values() == [Decimal("20.0000")]
        target = product_by_sku(SYSTEM, "P-1").id
        desk.confirm_match(
            actor=SYSTEM, batch_id=batch_id, kind="product", text="c:X-7", target_id=target
        )
        again(batch_id)
        assert counts(batch_id)[:2] == (3, 0)
        released = desk.release_waiting(actor=SYSTEM, batch_id=batch_id)
        assert (released.counts.posted, released.counts.waiting) == (4, 0)
        assert sum(values()) == Decimal(55)
        with pytest.raises(Invalid):
            desk.release_waiting(actor=SYSTEM, batch_id=batch_id)
        assert sum(values()) == Decimal(55)

    def test_rows_of_a_code_may_be_rejected_and_taken_back(self) -> None:
        batch_id = self.unknown()
        desk.reject_matches(actor=SYSTEM, batch_id=batch_id, kind="product", texts=["c:X-7"])
        again(batch_id)
        assert counts(batch_id) == (1, 0, 3, 0)
        target = product_by_sku(SYSTEM, "P-1").id
        desk.confirm_match(
            actor=SYSTEM, batch_id=batch_id, kind="product", text="c:X-7", target_id=target
        )
        again(batch_id)
        assert counts(batch_id) == (4, 0, 0, 0)

    def test_blank_accounts_wait_until_someone_says_whose_they_are(self) -> None:
        ids = world()
        batch = bring(INVOICES.replace("A-2,South Clinic", ","))
        assert counts(batch.id) == (2, 2, 0, 0)
        desk.confirm_match(
            actor=SYSTEM, batch_id=batch.id, kind="account", text="blank", target_id=ids["A-2"]
        )
        again(batch.id)
        assert counts(batch.id) == (4, 0, 0, 0)

    def test_unknown_products_are_created_from_the_file(self) -> None:
        batch_id = self.unknown()
        made = desk.create_from_file(actor=SYSTEM, batch_id=batch_id, kind="product")
        again(batch_id)
        assert made == 1
        assert product_by_sku(SYSTEM, "X-7").name == "Aspirine 500 mg"
        assert counts(batch_id) == (4, 0, 0, 0)
        assert desk.create_from_file(actor=SYSTEM, batch_id=batch_id, kind="product") == 0

    def test_what_can_get_no_code_goes_on_waiting(self) -> None:
        world()
        batch = bring(INVOICES.replace("A-1", "A" * 41))
        assert desk.create_from_file(actor=SYSTEM, batch_id=batch.id, kind="account") == 0
        waiting = counts(batch.id)[1]
        again(batch.id)
        assert counts(batch.id)[1] == waiting > 0

    def test_unknown_accounts_come_with_country_and_currency(self) -> None:
        world()
        text = INVOICES.replace(",Currency", ",Country").replace(",EUR", ",Germany")
        batch = bring(text.replace("A-1", "A-9"), fields={"currency": {"constant": "GBP"}})
        desk.create_from_file(actor=SYSTEM, batch_id=batch.id, kind="account", as_kind="shop")
        made = account_by_code(SYSTEM, "A-9")
        assert (made.name, made.kind, made.country, made.currency) == (
            "North Pharmacy", "shop", "DE", "GBP",
        )  # fmt: skip

    def test_who_may_not_edit_the_catalog_creates_nothing(self) -> None:
        batch_id = self.unknown()
        kam = Actor(None, "kam", "Kam", roles=frozenset({"kam", "finance"}))
        with pytest.raises(NotAllowed):
            desk.create_from_file(actor=kam, batch_id=batch_id, kind="product")
        with pytest.raises(NotFound):
            product_by_sku(SYSTEM, "X-7")
