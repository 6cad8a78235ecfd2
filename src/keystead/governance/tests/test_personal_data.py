"""The guard finds personal data by name and by value, and leaves trade data alone."""

from __future__ import annotations

import pyarrow.parquet as pq
import pytest

from keystead.governance.rules.personal_data import (
    card_number_is_valid,
    chinese_id_is_valid,
    french_insurance_number_is_valid,
    personal_data_columns,
)
from keystead.kit.files.reader import read_source


def _hit(header, *values):
    found = personal_data_columns([header], [list(values)])
    return (found[0].kind.value, found[0].reason) if found else None


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("社保卡号", "card_number"),
        ("医保卡号码", "card_number"),
        ("身份证号", "id_number"),
        ("患者姓名", "person_name"),
        ("收货人姓名", "person_name"),
        ("住院号", "record_number"),
        ("临床诊断", "diagnosis"),
        ("诊断编码", "diagnosis"),
        ("出生日期", "birth_date"),
        ("处方医生", "prescriber"),
        ("Patient Name", "person_name"),
        ("patient_id", "record_number"),
        ("PatientID", "record_number"),
        ("Diagnosis", "diagnosis"),
        ("ICD-10", "diagnosis"),
        ("Date of birth", "birth_date"),
        ("National ID", "id_number"),
        ("Health insurance no", "card_number"),
        ("Numéro de sécurité sociale", "id_number"),
        ("Nom du patient", "person_name"),
        ("Carte Vitale", "card_number"),
        ("Date de naissance", "birth_date"),
        ("Prescripteur", "prescriber"),
    ],
)
def test_strong_names_are_enough(header, kind):
    assert _hit(header, "C00001", "x") == (kind, "header")


@pytest.mark.parametrize(
    ("header", "values", "kind"),
    [
        ("手机", ["13812345678", "15900001111"], "phone"),
        ("Téléphone", ["01 42 34 56 78", "+33 6 12 34 56 78"], "phone"),
        ("E-mail", ["a@b.fr", ""], "email"),
        ("卡号", ["C00012345", "C00012346"], "card_number"),
        ("收货地址", ["上海市徐汇区漕溪北路88号1203室"], "address"),
        ("Patient", ["Dupont", "Martin"], "person_name"),
    ],
)
def test_weak_names_need_values_that_agree(header, values, kind):
    assert _hit(header, *values) == (kind, "header_and_values")


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["11010519491231002X", "440524188001010014", "31010119800101001X"], "id_number"),
        (["2 55 08 14 168 025 38", "255081416802538"], "id_number"),
        (["a@b.com", "c.d@e.cn", "n/a"], "email"),
        (["13812345678", "15911112222", "18633334444"], "phone"),
        (
            ["4111111111111111", "5555555555554444", "4012888888881881", "6011111111111117",
             "378282246310005"],
            "card_number",
        ),
    ],
)  # fmt: skip
def test_values_are_enough_where_their_form_is_unmistakable(values, kind):
    assert _hit("column x", *values) == (kind, "values")
    assert _hit("", *values) == (kind, "values")


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("商品编码", ["236701", "861368", "861417"]),
        ("GTIN", ["6901234567892", "4006381333931", "5012345678900"]),
        ("barcode", ["6901234567892", "4006381333931"]),
        ("订单编号", ["13812345678", "15911112222", "18633334444"]),
        ("Order No", ["13812345678", "15911112222", "18633334444"]),
        ("numbers", ["13800000001", "13800000002", "13800000003"]),
        ("收货地址", ["上海", "北京市", "江苏省"]),
        ("Telephone", ["RED RETROSPOT PHONE", "PINK PHONE"]),
        ("患者数", ["12", "15"]),
        ("患者人数", ["12", "15"]),
        ("Number of patients", ["120", "90"]),
        ("Patients", ["120", "90"]),
        ("医保卡支付金额", ["120.50", "88"]),
        ("Credit card payments", ["120.50", "88"]),
        ("诊断试剂", ["试剂A", "试剂B"]),
        ("Diagnostic kits", ["A", "B"]),
        ("diagnostic", ["kit A", "kit B"]),
        ("客户名称", ["上海某某医药有限公司"]),
        ("Customer name", ["Acme"]),
        ("店名", ["自然堂"]),
        ("ISSN", ["0009-2614", "0006-2952"]),
        ("CustomerID", ["17850", "13047"]),
        ("国药准字", ["Z20050001", "H20060002"]),
        ("批准文号", ["国药准字Z20050001"]),
        ("统一社会信用代码", ["91310000132205222T", "913100007109328220"]),
        ("id", ["A18164178225", "A18177105952"]),
        ("Gift card type", ["blue", "red"]),
        ("date", ["20240101", "20240102"]),
        ("invoice", ["4111111111111111", "5555555555554444"]),
        ("", []),
    ],
)
def test_trade_data_does_not_trip(header, values):
    assert _hit(header, *values) is None


def test_columns_are_reported_in_file_order_with_their_place():
    found = personal_data_columns(
        ["日期", "社保卡号", "", "患者姓名"], [["2024-01-01"], ["C1"], ["a@b.co", "c@d.co"], []]
    )
    assert [(hit.index, hit.column, hit.kind.value) for hit in found] == [
        (1, "社保卡号", "card_number"), (2, "3", "email"), (3, "患者姓名", "person_name"),
    ]  # fmt: skip


def test_check_digits():
    assert chinese_id_is_valid("11010519491231002x")
    assert not chinese_id_is_valid("110105194913310021")
    assert not chinese_id_is_valid("913100007109328220")
    assert not french_insurance_number_is_valid("255081416802539")
    assert not card_number_is_valid("0000000000000000")
    assert not card_number_is_valid("6901234567892")


@pytest.mark.shared
def test_of_the_real_trade_files_only_the_card_column_trips(shared, tmp_path):
    tripped = {}
    for path in sorted((shared / "trade").iterdir()):
        found = read_source(path, name=path.name, out_dir=tmp_path / path.name)
        for sheet in found.sheets:
            staged = pq.read_table(sheet.path)
            samples = [
                staged[f"c{at}"].unique().slice(0, 3_000).to_pylist() for at in range(sheet.width)
            ]
            for hit in personal_data_columns(sheet.headers, samples):
                tripped[path.name, hit.column] = (hit.kind.value, hit.reason)
    name = "cn_pharmacy_sales_2018_pseudonymised.xlsx"
    assert tripped == {(name, "社保卡号"): ("card_number", "header")}
