"""Columns and units of real files: stock beside sales, headers that leave something open."""

from __future__ import annotations

from decimal import Decimal

import pytest

from keystead.catalog.services import create_product
from keystead.kernel.errors import Invalid
from keystead.kit.access import SYSTEM
from keystead.ledger.rules import mapping, rivals
from keystead.ledger.services import desk
from keystead.ledger.tests.desk_factories import again, bring, facts, outcome, questions, world
from keystead.ledger.types import BatchState, dataset_def

pytestmark = pytest.mark.django_db
KEYS = {"客户编码": ["A-1"], "商品编码": ["P-1"], "库存日期": ["2026-01-31"]}


def filled(dataset: str, *headers: str, cells: tuple[str, ...] = ("12", "5")) -> dict[str, str]:
    """Return field -> column (or formula) for these headers beside the keys."""
    samples = KEYS | {header: list(cells) for header in headers}
    found = mapping.propose(dataset_def(dataset), samples).fields
    said = {name: rule.column or rule.formula for name, rule in found.items()}
    return {name: text for name, text in said.items() if text not in KEYS}


class TestStockColumns:
    @pytest.mark.parametrize(
        "headers",
        [
            ("期初库存", "购进数量", "购进退货", "销售数量", "销售退货", "盘点调整", "期末库存"),
            ("期初数量", "入库", "采购退货", "销量", "客户退货", "调整", "结存数量"),
            ("月初库存", "进货数量", "退供", "销售量", "客退", "库存调整", "库存数量"),
            ("Opening stock", "Received", "Returned to vendor", "Sales quantity",
             "Customer returns", "Adjustment", "Closing stock"),
            ("Beginning inventory", "Purchases", "Supplier returns", "Units sold",
             "Sales returns", "Inventory adjustment", "Stock on hand"),
            ("Stock initial", "Entrées", "Retours fournisseur", "Sorties", "Retours clients",
             "Ajustements", "Stock final"),
            ("Stock de départ", "Quantité reçue", "Retour fournisseur", "Quantité vendue",
             "Retours sur ventes", "Écart d'inventaire", "Stock de clôture"),
        ],
    )  # fmt: skip
    def test_each_movement_finds_its_field(self, headers: tuple[str, ...]) -> None:
        fields = (
            "opening", "received", "returned", "sold", "customer_returned", "adjusted", "quantity",
        )  # fmt: skip
        assert filled("stock", *headers) == dict(zip(fields, headers, strict=True))

    @pytest.mark.parametrize("header", ["销售数量", "销量", "Units sold", "Quantité vendue"])
    def test_what_was_sold_is_never_the_closing_stock(self, header: str) -> None:
        assert filled("stock", header) == {"sold": header}
        assert filled("stock", header, "期末库存") == {"sold": header, "quantity": "期末库存"}
        assert filled("stock", header, "数量") == {"sold": header, "quantity": "数量"}
        assert filled("off_take", header)["quantity"] == header

    def test_losses_take_away(self) -> None:
        assert filled("stock", "期末库存", "损耗")["adjusted"] == "0 - [损耗]"
        assert filled("stock", "期末库存", "损耗", cells=("-3", "0"))["adjusted"] == "损耗"
        world()
        batch = bring(
            "客户编码,商品编码,库存日期,期末库存,损耗\nA-1,P-1,2026-01-31,40,3\n",
            name="stock.csv", dataset="stock", source="wms",
        )  # fmt: skip
        desk.post_batch(actor=SYSTEM, batch_id=batch.id)
        assert facts("stock", "quantity, adjusted") == [(Decimal(40), Decimal(-3))]


class TestOpenHeaders:
    def asked(self, dataset: str, **samples: str) -> dict[str, tuple[str, ...]]:
        cells = {header: [text] for header, text in samples.items()}
        found = dataset_def(dataset)
        return dict(rivals.rivals(found, cells, mapping.propose(found, cells)))

    def test_equal_headers_are_asked(self) -> None:
        assert self.asked("stock", 期末库存="4", 可用库存="3") == {
            "quantity": ("期末库存", "可用库存")
        }
        assert self.asked("sell_in", Net_amount="4", Gross_amount="5") == {
            "value": ("Net_amount", "Gross_amount")
        }
        assert set(self.asked("sell_in", Invoice_date="2026-01-05", Ship_date="2026-01-06")) == {
            "date"
        }

    def test_a_clear_header_is_not_asked(self) -> None:
        assert self.asked("stock", 期末库存="4", 数量="3") == {}
        assert self.asked("sell_in", Value="4", Revenue="3") == {}
        assert self.asked("sell_in", Material="A", EAN="3") == {}, "codes are seen when matched"
        assert self.asked("stock", 期末库存="4", 库存="none at all") == {}

    def test_nothing_is_posted_until_a_person_said_which(self) -> None:
        world()
        text = "客户编码,商品编码,库存日期,期末库存,可用库存\nA-1,P-1,2026-01-31,40,30\n"
        batch = bring(text, name="stock.csv", dataset="stock", source="wms")
        assert batch.state == BatchState.MAPPING
        assert questions(batch.id) == ["which:quantity"]
        with pytest.raises(Invalid):
            desk.post_batch(actor=SYSTEM, batch_id=batch.id)
        desk.set_mapping(
            actor=SYSTEM, batch_id=batch.id, fields={"quantity": {"column": "可用库存"}}
        )
        assert again(batch.id).state == BatchState.READY
        desk.post_batch(actor=SYSTEM, batch_id=batch.id)
        assert facts("stock", "quantity") == [(Decimal(30),)]
        later = text.replace("01-31", "02-28").replace(",40,30", ",44,33")
        again_sent = bring(later, name="stock-2.csv", dataset="stock", source="wms")
        assert questions(again_sent.id) == [], "the source is known by now"

    def test_a_header_with_two_meanings_is_asked(self) -> None:
        world()
        text = "客户编码,商品编码,库存日期,期末库存,退货\nA-1,P-1,2026-01-31,40,2\n"
        batch = bring(text, name="stock.csv", dataset="stock", source="wms")
        assert questions(batch.id) == ["means:退货"]
        desk.set_mapping(
            actor=SYSTEM, batch_id=batch.id, fields={"customer_returned": {"column": "退货"}}
        )
        again(batch.id)
        assert questions(batch.id) == []
        desk.post_batch(actor=SYSTEM, batch_id=batch.id)
        assert facts("stock", "returned, customer_returned") == [(None, Decimal(2))]

    def test_neither_is_an_answer(self) -> None:
        world()
        text = "客户编码,商品编码,库存日期,期末库存,退货\nA-1,P-1,2026-01-31,40,2\n"
        batch = bring(text, name="stock.csv", dataset="stock", source="wms")
        empty: dict[str, dict[str, str]] = {"returned": {}, "customer_returned": {}}
        desk.set_mapping(actor=SYSTEM, batch_id=batch.id, fields=empty)
        assert again(batch.id).state == BatchState.READY


class TestUnits:
    @pytest.mark.parametrize("written", ["盒", "BX", "bx.", "Boîte", "boites", "box", " 瓶 "])
    def test_known_units_are_stored_by_their_code(self, written: str) -> None:
        world()
        text = f"客户编码,商品编码,库存日期,期末库存,单位\nA-1,P-1,2026-01-31,40,{written}\n"
        batch = bring(text, name="stock.csv", dataset="stock", source="wms")
        desk.post_batch(actor=SYSTEM, batch_id=batch.id)
        assert facts("stock", "unit") == [("box",)]

    def test_an_unknown_unit_stays_as_typed(self) -> None:
        world()
        text = "客户编码,商品编码,库存日期,期末库存,单位\nA-1,P-1,2026-01-31,40,Gebinde\n"
        batch = bring(text, name="stock.csv", dataset="stock", source="wms")
        assert outcome(batch.id)["problems"] == []
        desk.post_batch(actor=SYSTEM, batch_id=batch.id)
        assert facts("stock", "unit") == [("Gebinde",)]

    def test_the_unit_of_the_product_is_its_code_too(self) -> None:
        world()
        create_product(actor=SYSTEM, sku="P-9", name="Tea", kind="other", unit="盒")
        text = "客户编码,商品编码,库存日期,期末库存\nA-1,P-9,2026-01-31,40\n"
        batch = bring(text, name="stock.csv", dataset="stock", source="wms")
        desk.post_batch(actor=SYSTEM, batch_id=batch.id)
        assert facts("stock", "unit") == [("box",)]
