"""KBART title lists: read and checked, matched with products, one in force, written again."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override

from keystead.accounts.tests.factories import account
from keystead.catalog.services import add_code, create_product
from keystead.connectors.counter import models
from keystead.connectors.counter.calc.kbart import coverage, read_kbart, write_kbart
from keystead.connectors.counter.commands import counter
from keystead.connectors.counter.queries.title_words import hint_of, message_of, place_of
from keystead.connectors.counter.queries.titles import kbart_of, lists_for, titles_of
from keystead.connectors.counter.rules.titles import check_titles
from keystead.connectors.counter.services.titles import (
    ListEntry,
    load_titles,
    match_title,
    read_titles,
)
from keystead.connectors.counter.types.kbart import COLUMNS
from keystead.kernel.errors import Invalid, NotFound
from keystead.kernel.periods import Period
from keystead.kit.access import SYSTEM
from keystead.kit.models import AuditEntry
from keystead.metrics.queries import evaluate

NAME = "Ardea_Lakeside_All_2026-01-31.txt"
HERONS = {
    "publication_title": "Journal of Herons", "print_identifier": "0378-5955",
    "online_identifier": "1879-5994", "date_first_issue_online": "1997-01",
    "title_url": "https://ardea.example/jh", "title_id": "JH", "embargo_info": "P1Y",
    "coverage_depth": "fulltext", "publication_type": "serial", "access_type": "P",
}  # fmt: skip
BOOK = {
    "publication_title": "Egrets", "online_identifier": "978-3-16-148410-0", "title_id": "EG",
    "publication_type": "monograph", "date_monograph_published_online": "2026-02-03",
    "access_type": "P",
}  # fmt: skip
STRANGE = {
    "publication_title": "Unknown Birds", "title_id": "UB", "publication_type": "serial",
    "date_first_issue_online": "2001", "date_last_issue_online": "2019", "access_type": "F",
}  # fmt: skip


def listed(*rows: dict[str, str]) -> str:
    return write_kbart(rows)


def rules(text: str) -> list[tuple[str, str]]:
    return [(one.rule, str(one.severity)) for one in check_titles(read_kbart(text))]


def test_a_list_is_read_and_written_the_same() -> None:
    text = listed(HERONS, BOOK, STRANGE)
    found = read_kbart(text, NAME)
    assert (found.provider, found.package, found.as_of) == (
        "Ardea", "Lakeside All", date(2026, 1, 31),
    )  # fmt: skip
    assert [row.said for row in found.rows] == [HERONS, BOOK, STRANGE]
    assert write_kbart(row.said for row in found.rows) == text
    assert text.splitlines()[0].split("\t") == list(COLUMNS)
    assert len(COLUMNS) == 25
    assert (found.rows[2].first_day, found.rows[2].last_day) == (
        date(2001, 1, 1), date(2019, 12, 31),
    )  # fmt: skip
    assert check_titles(found) == ()


@pytest.mark.parametrize(
    ("change", "rule", "severity"),
    [
        ({"online_identifier": "9.78E+12"}, "rounded", "error"),
        ({"date_first_issue_online": "01/02/1997"}, "date", "error"),
        ({"date_last_issue_online": "1990"}, "coverage", "error"),
        ({"embargo_info": "one year"}, "embargo", "error"),
        ({"publication_type": "journal"}, "publication_type", "error"),
        ({"access_type": "X"}, "access_type", "error"),
        ({"publication_title": ""}, "no_title", "error"),
        ({"print_identifier": "0378-5956"}, "check_digit", "warning"),
        ({"print_identifier": "n/a"}, "identifier", "warning"),
        ({"coverage_depth": "all"}, "coverage_depth", "warning"),
        ({"title_url": "ardea"}, "title_url", "warning"),
    ],
)
def test_usual_damage_is_found(change: dict[str, str], rule: str, severity: str) -> None:
    assert rules(listed({**HERONS, **change})) == [(rule, severity)]


def test_a_list_as_a_whole_is_checked() -> None:
    assert rules(listed(HERONS, HERONS)) == [("twice", "error")]
    assert rules(listed()) == [("empty", "error")]
    assert rules("Code\tName\n1\tx\n") == [("no_list", "error")]
    assert rules("publication_title\tshelf\nHerons\t2\n")[0] == ("access_type", "warning")


def test_an_embargo_moves_what_is_open() -> None:
    on, starts = date(2026, 7, 1), date(2026, 1, 1)
    old = date(1990, 1, 1)
    rolling = coverage(old, None, "R10Y", on=on, starts=starts)
    assert (rolling.first, rolling.backfile, rolling.frontfile) == (date(2016, 7, 1), True, True)
    none = coverage(date(2026, 1, 1), None, "P1Y", on=on, starts=starts)
    assert (none.backfile, none.frontfile) == (False, False)
    closed = coverage(old, date(2019, 12, 31), "", on=on, starts=starts)
    assert (closed.backfile, closed.frontfile) == (True, False)


@pytest.fixture(autouse=True)
def _home(settings: Any, tmp_path: Path) -> None:
    settings.KEYSTEAD_HOME = tmp_path


@pytest.fixture
def lake(kam: Any) -> Any:
    return account(kam)


@pytest.fixture
def herons(db: None) -> Any:
    made = create_product(actor=SYSTEM, sku="J-HER", name="Journal of Herons", kind="journal")
    add_code(actor=SYSTEM, product_id=made.id, scheme="issn", value="1879-5994")
    return made


def load(actor: Any, account_id: int, tmp_path: Path, text: str, name: str = NAME) -> Any:
    path = tmp_path / "list.txt"
    path.write_text(text, encoding="utf-8")
    entry = ListEntry(account_id=account_id)
    return load_titles(actor=actor, entry=entry, path=path, name=name)


@pytest.mark.django_db
def test_titles_are_matched_and_the_rest_waits(
    kam: Any, lake: Any, herons: Any, tmp_path: Path
) -> None:
    read = load(kam, lake.id, tmp_path, listed(HERONS, STRANGE))
    assert (read.matched, read.waiting, read.stored.titles, read.stored.waiting) == (1, 1, 2, 1)
    first, second = titles_of(kam, read.stored.id, on=date(2026, 7, 1))
    assert (first.product_id, first.matched_by) == (herons.id, "online_issn")
    assert (first.coverage.last, first.coverage.frontfile) == (date(2025, 7, 1), False)
    assert second.product_id is None
    other = create_product(actor=SYSTEM, sku="J-UNK", name="Unknown Birds", kind="journal")
    assert match_title(actor=kam, list_id=read.stored.id, line=second.line, sku="j-unk") == 1
    later = load(kam, lake.id, tmp_path, listed(HERONS, BOOK, STRANGE),
                 "Ardea_Lakeside_All_2026-02-28.txt")  # fmt: skip
    assert (later.matched, later.waiting) == (2, 1)  # the answer is remembered
    assert titles_of(kam, later.stored.id, on=date(2026, 7, 1))[2].product_id == other.id
    (in_force,) = lists_for(kam, account_id=lake.id)
    assert (in_force.id, in_force.as_of) == (later.stored.id, date(2026, 2, 28))
    assert len(lists_for(kam, account_id=lake.id, in_force=False)) == 2
    name, text = kbart_of(kam, later.stored.id)
    assert (name, text) == ("Ardea_LakesideAll_2026-02-28.txt", listed(HERONS, BOOK, STRANGE))
    again = load(kam, lake.id, tmp_path, listed(HERONS, BOOK, STRANGE),
                 "Ardea_Lakeside_All_2026-02-28.txt")  # fmt: skip
    assert again.stored.id == later.stored.id
    assert AuditEntry.objects.filter(action="usage.titles.load").count() == 2


def test_every_finding_has_its_words_in_three_languages() -> None:
    broken = {**HERONS, "access_type": "X", "publication_type": "paper", "embargo_info": "soon",
              "date_first_issue_online": "31/12/2019", "online_identifier": "0378-5956"}  # fmt: skip
    bare = {"publication_title": "Bare", "coverage_depth": "all", "title_url": "nowhere"}
    rounded = {**BOOK, "online_identifier": "9.78E+12"}
    found = [
        *check_titles(read_kbart(listed(broken, bare, bare, rounded))),
        *check_titles(read_kbart("a\tpublication_title\n1\tHerons")),
        *check_titles(read_kbart("a;b")), *check_titles(read_kbart(listed())),
    ]  # fmt: skip
    assert {one.rule for one in found} >= {
        "access_type", "publication_type", "embargo", "date", "check_digit", "no_identifier",
        "coverage_depth", "title_url", "twice", "rounded", "column_missing", "column_unknown",
        "no_list", "empty",
    }  # fmt: skip
    for one in found:
        with override("en"):
            assert (message_of(one), hint_of(one)) == (one.message, one.hint), one.rule
            assert place_of(one) == one.place
        for language in ("zh-hans", "fr"):
            with override(language):
                assert message_of(one) != one.message, (one.rule, language)
                assert hint_of(one) != one.hint, (one.rule, language)


@pytest.mark.django_db
def test_what_a_list_opens_is_posted_month_by_month(
    kam: Any, lake: Any, herons: Any, tmp_path: Path
) -> None:
    def titles(day: date) -> Any:
        return evaluate(
            actor=kam, metrics="entitled_titles", period=Period.month(day.year, day.month),
            filters={"account": [lake.id]},
        ).figure("entitled_titles").value  # fmt: skip

    path = tmp_path / NAME
    path.write_text(listed(HERONS, BOOK, STRANGE), encoding="utf-8")
    load_titles(actor=kam, entry=ListEntry(account_id=lake.id), path=path)
    assert [titles(date(2026, month, 1)) for month in (1, 12)] == [2, 2]  # free ones are none
    assert titles(date(2027, 1, 1)) == 0
    newer = tmp_path / "Ardea_Lakeside_All_2026-07-10.txt"
    newer.write_text(listed(HERONS, STRANGE), encoding="utf-8")
    load_titles(actor=kam, entry=ListEntry(account_id=lake.id), path=newer)
    assert [titles(date(2026, month, 1)) for month in (6, 7)] == [2, 1]
    assert titles(date(2027, 6, 1)) == 1


def test_a_damaged_list_is_not_loaded(kam: Any, lake: Any, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="rounded an ISBN"):
        load(kam, lake.id, tmp_path, listed({**BOOK, "online_identifier": "9.78E+12"}))
    with pytest.raises(Invalid, match="which package"):
        load(kam, lake.id, tmp_path, listed(BOOK), "list.txt")
    assert not models.EntitlementList.objects.exists()
    path = tmp_path / "old.txt"
    path.write_bytes(listed({**HERONS, "publisher_name": "Éditions"}).encode("cp1252"))
    found, findings = read_titles(path)
    assert found.rows[0]["publisher_name"] == "Éditions"
    assert findings[-1].rule == "encoding"


@pytest.mark.django_db
def test_a_foreign_list_is_a_missing_one(
    kam: Any, other_kam: Any, viewer: Any, lake: Any, client_of: Any, tmp_path: Path
) -> None:
    stored = load(kam, lake.id, tmp_path, listed(HERONS)).stored
    with pytest.raises(NotFound):
        titles_of(other_kam, stored.id, on=date(2026, 7, 1))
    with pytest.raises(NotFound):
        load(other_kam, lake.id, tmp_path, listed(HERONS, BOOK))
    with pytest.raises(NotFound):
        match_title(actor=other_kam, list_id=stored.id, line=2, sku="J-HER")
    assert client_of(other_kam).get(f"/usage/titles/{stored.id}/").status_code == 404
    assert client_of(other_kam).get(f"/usage/titles/{stored.id}/file/").status_code == 404
    assert lists_for(other_kam) == ()
    assert client_of(viewer).get("/usage/titles/").status_code == 403


@pytest.mark.django_db
def test_from_the_form_to_the_file(kam: Any, lake: Any, herons: Any, client_of: Any) -> None:
    client = client_of(kam)
    assert "No title list yet" in client.get("/usage/titles/").content.decode()
    content = listed(HERONS, STRANGE).encode()
    said = {"account": lake.id, "file": SimpleUploadedFile(NAME, content), "package": "",
            "provider": "", "as_of": "", "starts": "2026-01-01"}  # fmt: skip
    made = client.post("/usage/titles/new/", said)
    assert made.status_code == 302, made.content.decode()
    page = made["Location"]
    shown = re.sub(r"<[^>]+>", " ", client.get(page).content.decode())
    assert "Journal of Herons" in shown
    assert "backfile" in shown
    line = models.EntitlementTitle.objects.get(product=None).line
    client.post(page, {"line": line, "sku": "J-HER"})
    assert not models.EntitlementTitle.objects.filter(product=None).exists()
    assert client.get(f"{page}file/").content == content
    dropped = client.post("/imports/", {"file": SimpleUploadedFile(NAME, content)})
    assert dropped["Location"] == "/usage/titles/new/"
    client.get("/usage/titles/")  # shows what was told in English
    for language in ("zh-hans", "fr"):
        for address in ("/usage/titles/", page, "/usage/titles/new/"):
            answer = client.get(address, headers={"accept-language": language})
            text = re.sub(r"<[^>]+>", " ", answer.content.decode())
            assert "itle list" not in text


@pytest.mark.django_db
def test_from_the_command_line(kam: Any, lake: Any, herons: Any, tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_text(listed(HERONS, STRANGE), encoding="utf-8")
    checked = CliRunner().invoke(counter, ["titles", str(path)])
    assert (checked.exit_code, "2 titles" in checked.output) == (0, True)
    call = ["titles", str(path), "--account", lake.code, "--post"]
    done = CliRunner().invoke(counter, call)
    assert done.exit_code == 0, done.output
    assert "1 with a product" in done.output
    stored = models.EntitlementList.objects.get()
    out = tmp_path / "out.txt"
    written = CliRunner().invoke(counter, ["write-titles", str(stored.pk), "--out", str(out)])
    assert written.exit_code == 0, written.output
    assert out.read_bytes() == path.read_bytes()
    path.write_text(listed({**HERONS, "embargo_info": "soon"}), encoding="utf-8")
    assert CliRunner().invoke(counter, ["titles", str(path)]).exit_code == 3
