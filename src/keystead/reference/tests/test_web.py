"""The rates page: who may open it, add by hand, import a file, errors in place."""

import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from keystead.kit.models import AuditEntry
from keystead.reference.models import ExchangeRate

pytestmark = pytest.mark.django_db
LIST, ADD, IMPORT = "/reference/rates/", "/reference/rates/add/", "/reference/rates/import/"
GOOD = {"on": "2026-06-30", "base": "eur", "quote": "CNY", "value": "7.8512", "source": "ECB"}


@pytest.mark.parametrize("path", [LIST, ADD, IMPORT])
def test_only_those_who_edit_reference_data(client_of, kam, path):
    assert client_of(kam).get(path).status_code == 403
    assert client_of(kam).post(path, GOOD).status_code == 403
    assert not ExchangeRate.objects.exists()


def test_strangers_are_asked_to_sign_in(client):
    assert client.get(LIST).status_code == 302


def test_an_empty_list_says_what_to_do(client_of, finance):
    assert "No rates yet" in client_of(finance).get(LIST).content.decode()


def test_add_one_rate(client_of, finance):
    client = client_of(finance)
    assert client.post(ADD, GOOD).url == LIST
    (row,) = ExchangeRate.objects.all()
    assert (row.base, row.quote, row.on) == ("EUR", "CNY", date(2026, 6, 30))
    page = client.get(LIST).content.decode()
    assert "7.8512" in page
    assert "ECB" in page
    assert AuditEntry.objects.get().action == "rates.import"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"value": "0"}, "above zero"),
        ({"value": "seven"}, "not a number"),
        ({"base": "E1"}, "no currency code"),
        ({"base": "CNY"}, "no rate to itself"),
        ({"on": "2026-06-31"}, "valid date"),
        ({"source": ""}, "required"),
    ],
)
def test_a_bad_rate_is_refused_in_place(client_of, finance, change, words):
    answer = client_of(finance).post(ADD, {**GOOD, **change})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not ExchangeRate.objects.exists()


def upload(text, name="rates.csv"):
    return SimpleUploadedFile(name, text.encode())


def test_import_a_file(client_of, finance):
    text = "date,USD,JPY\n2026-06-30,1.1,160\n2026-06-29,1.2,161\n"
    answer = client_of(finance).post(
        IMPORT, {"file": upload(text), "base": "EUR", "source": "ECB"}, follow=True
    )
    assert "4 new, 0 restated, 0 as before." in answer.content.decode()
    assert ExchangeRate.objects.count() == 4


def test_a_bad_file_names_the_row_and_stores_nothing(client_of, finance):
    text = "date,from,to,rate,source\n2026-06-30,EUR,CNY,7.8,x\n2026-06-31,EUR,CNY,7.8,x\n"
    answer = client_of(finance).post(IMPORT, {"file": upload(text)})
    assert answer.status_code == 422
    assert "Row 3:" in answer.content.decode()
    assert not ExchangeRate.objects.exists()


@pytest.mark.parametrize("language", ["en", "zh-hans", "fr"])
def test_the_page_speaks_three_languages(client_of, make_actor, language):
    client = client_of(make_actor("f", "finance", language=language))
    client.cookies["django_language"] = language
    page = client.get(LIST).content.decode()
    assert {"en": "Exchange rates", "zh-hans": "汇率", "fr": "Taux de change"}[language] in page


def test_pages_and_filters(client_of, finance, django_assert_max_num_queries):
    rows = [[f"2026-{m:02d}-{d:02d}", f"7.{d}"] for m in range(1, 7) for d in range(1, 21)]
    text = io.StringIO()
    text.write("date,CNY\n" + "\n".join(",".join(row) for row in rows))
    client = client_of(finance)
    client.post(IMPORT, {"file": upload(text.getvalue()), "base": "EUR", "source": "x"})
    with django_assert_max_num_queries(8):
        page = client.get(LIST).content.decode()
    assert page.count("<tr ") >= 50
    assert "20 Jun 2026" in page
    assert "1 Jan 2026" in client.get(LIST + "?page=3").content.decode()
    assert client.get(LIST + "?page=x&base=usd").status_code == 200
