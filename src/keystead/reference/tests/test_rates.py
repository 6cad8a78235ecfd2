"""Rates in storage: which one counts, restating, who may, what is left in the trail."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from keystead.kernel.errors import Invalid, NotAllowed, NotFound, SourceProblem, TooMuch
from keystead.kit.models import AuditEntry
from keystead.kit.office import Column, Sheet, workbook
from keystead.reference import queries, services
from keystead.reference.models import ExchangeRate
from keystead.reference.types import RateLine

pytestmark = pytest.mark.django_db


def line(base, quote, on, value, source="ECB"):
    return RateLine(base, quote, date.fromisoformat(on), Decimal(value), source)


@pytest.fixture
def stored(finance):
    services.record_rates(
        actor=finance,
        lines=[
            line("EUR", "CNY", "2026-01-31", "7.80"),
            line("EUR", "CNY", "2026-02-28", "7.90"),
            line("EUR", "USD", "2026-02-27", "1.10"),
        ],
        file="ecb.csv",
    )


def test_the_latest_rate_up_to_the_day_counts(stored):
    found = queries.rate("EUR", "CNY", date(2026, 2, 27))
    assert (found.value, found.on, found.source, found.derived) == (
        Decimal("7.80"), date(2026, 1, 31), "ECB", False,
    )  # fmt: skip
    assert queries.rate("eur", "cny", date(2026, 2, 28)).value == Decimal("7.90")


def test_turned_round_and_crossed(stored):
    turned = queries.rate("CNY", "EUR", date(2026, 3, 1))
    assert turned.derived
    assert turned.value == Decimal("0.126582278481")
    crossed = queries.rate("USD", "CNY", date(2026, 3, 1))
    assert crossed.derived
    assert crossed.on == date(2026, 2, 27)
    assert crossed.value == Decimal("7.181818181819")
    assert queries.rate("CNY", "CNY", date(1990, 1, 1)).value == 1


@pytest.mark.parametrize(
    ("base", "quote", "on"),
    [
        ("EUR", "CNY", date(2026, 1, 30)),
        ("EUR", "CNY", date(2027, 3, 2)),
        ("EUR", "JPY", date(2026, 3, 1)),
    ],
)
def test_a_missing_or_stale_rate_says_so(stored, base, quote, on):
    with pytest.raises(NotFound) as caught:
        queries.rate(base, quote, on)
    assert caught.value.code == "rate_missing"
    assert str(on) in caught.value.hint


def test_the_rate_table_joins_facts(stored):
    table = queries.rate_table("CNY", through=date(2026, 3, 15))
    rows = {(row["currency"], row["month"]): row for row in table.to_pylist()}
    assert set(rows) == {
        ("EUR", date(2026, 1, 1)), ("EUR", date(2026, 2, 1)), ("EUR", date(2026, 3, 1)),
        ("USD", date(2026, 2, 1)), ("USD", date(2026, 3, 1)),
    }  # fmt: skip
    assert rows["EUR", date(2026, 3, 1)]["rate"] == Decimal("7.90")
    assert rows["EUR", date(2026, 3, 1)]["rate_date"] == date(2026, 2, 28)
    assert table.schema.field("rate").type == queries.RATE_TYPE


def test_the_rate_table_is_empty_without_rates(db):
    assert queries.rate_table("EUR").num_rows == 0
    assert queries.rate_table("EUR").column_names == [
        "currency", "month", "rate", "rate_date", "source",
    ]  # fmt: skip


def test_a_restated_rate_closes_the_older_and_leaves_it_readable(stored, finance):
    before = timezone.now()
    done = services.record_rates(
        actor=finance,
        lines=[line("EUR", "CNY", "2026-02-28", "7.95"), line("EUR", "CNY", "2026-01-31", "7.80")],
    )
    assert (done.added, done.restated, done.unchanged) == (0, 1, 1)
    on = date(2026, 3, 1)
    assert queries.rate("EUR", "CNY", on).value == Decimal("7.95")
    assert queries.rate("EUR", "CNY", on, as_of=before).value == Decimal("7.90")
    assert ExchangeRate.objects.count() == 4
    entry = AuditEntry.objects.order_by("id").last()
    assert entry.action == "rates.import"
    assert entry.old == {"restated": {"EUR/CNY 2026-02-28": "7.900000000000"}}
    assert entry.new["restated"] == {"EUR/CNY 2026-02-28": "7.95"}


def test_the_same_file_twice_changes_nothing(stored, finance):
    entries, rows = AuditEntry.objects.count(), ExchangeRate.objects.count()
    done = services.record_rates(actor=finance, lines=[line("EUR", "CNY", "2026-01-31", "7.80")])
    assert (done.added, done.restated, done.unchanged) == (0, 0, 1)
    assert (AuditEntry.objects.count(), ExchangeRate.objects.count()) == (entries, rows)


def test_one_import_is_one_audit_entry(stored, finance):
    (entry,) = AuditEntry.objects.all()
    assert (entry.action, entry.subject_type, entry.subject_id) == (
        "rates.import",
        "rates",
        "ecb.csv",
    )
    assert entry.actor_id == finance.user_id
    assert entry.new["added"] == 3


def test_who_may_not_edit_changes_nothing(kam):
    with pytest.raises(NotAllowed):
        services.record_rates(actor=kam, lines=[line("EUR", "CNY", "2026-01-31", "7.80")])
    with pytest.raises(NotAllowed):
        services.import_rates(actor=kam, content=b"", name="x.csv")
    assert not ExchangeRate.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_bad_row_stores_nothing(finance):
    content = b"date,from,to,rate,source\n2026-01-31,EUR,CNY,7.8,ECB\n2026-02-31,EUR,CNY,7.9,ECB\n"
    with pytest.raises(SourceProblem) as caught:
        services.import_rates(actor=finance, content=content, name="r.csv")
    assert caught.value.row == 3
    assert not ExchangeRate.objects.exists()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_with_each_delimiter(finance, delimiter):
    text = "\ufeffdate,USD,JPY\r\n2026-01-31,1.08,160\r\n".replace(",", delimiter)
    done = services.import_rates(
        actor=finance, content=text.encode(), name="r.csv", base="eur", source="ECB"
    )
    assert done.added == 2


@pytest.mark.parametrize(
    ("name", "content"), [("r.csv", b""), ("r.xlsx", b"PK\x03\x04 no"), ("r.csv", b"\x00" * 9)]
)
def test_what_is_no_table_is_refused(finance, name, content):
    with pytest.raises(SourceProblem):
        services.import_rates(actor=finance, content=content, name=name)
    assert not ExchangeRate.objects.exists()


def test_a_workbook_is_read_too(finance):
    columns = [
        Column("Date", "date"),
        Column("From"),
        Column("To"),
        Column("Rate", "number"),
        Column("Source"),
    ]
    rows = [[date(2026, 6, 30), "EUR", "CNY", Decimal("7.8512"), "ECB"]]
    content = workbook([Sheet("Rates", columns, rows)])
    done = services.import_rates(actor=finance, content=content, name="r.xlsx")
    assert done.added == 1
    assert queries.rate("EUR", "CNY", date(2026, 6, 30)).value == Decimal("7.8512")


def test_no_lines_and_too_many_bytes(finance):
    with pytest.raises(Invalid):
        services.record_rates(actor=finance, lines=[])
    with pytest.raises(SourceProblem):
        services.import_rates(actor=finance, content=b"x" * (6 * 1024 * 1024), name="r.csv")


@pytest.mark.parametrize(("quote", "value"), [("CNY", 0), ("EUR", 1)])
def test_the_database_refuses_senseless_rates(db, quote, value):
    with pytest.raises(IntegrityError), transaction.atomic():
        ExchangeRate.objects.create(
            base="EUR", quote=quote, on=date(2026, 1, 1), value=value, source="x"
        )


def test_the_list_pages(stored):
    lines, count = queries.rates_page(base="eur", quote="cny", limit=1)
    assert count == 2
    assert lines == (line("EUR", "CNY", "2026-02-28", "7.9"),)


def test_a_year_of_rates_is_one_query(stored, django_assert_num_queries):
    with django_assert_num_queries(1):
        queries.rate_table("EUR")


def test_a_list_of_rates_counts_against_the_day(finance, settings):
    settings.KEYSTEAD_UPLOADS_PER_DAY = 1
    first = b"date,from,to,rate,source\n2026-01-31,EUR,CNY,7.8,ECB\n"
    services.import_rates(actor=finance, content=first, name="r.csv")
    with pytest.raises(TooMuch):
        services.import_rates(actor=finance, content=first.replace(b"7.8", b"7.9"), name="r.csv")
    assert [rate.value for rate in ExchangeRate.objects.all()] == [Decimal("7.8")]
