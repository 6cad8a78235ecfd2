"""The import desk through the API and the command line: the same services, the same figures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.core.files.uploadedfile import SimpleUploadedFile

from keystead.kernel.errors import Conflict, Invalid, KeysteadError, SourceProblem
from keystead.kit.access import SYSTEM
from keystead.kit.jobs import worker
from keystead.ledger import models, queries
from keystead.ledger.commands.imports import import_file
from keystead.ledger.tests.desk_factories import INVOICES, bring, facts, world

pytestmark = pytest.mark.django_db


def run(path: Path, *flags: str) -> Result:
    """Run the command; an error that the command line would tell is raised."""
    result = CliRunner().invoke(import_file, [str(path), *flags])
    if isinstance(result.exception, KeysteadError):
        raise result.exception
    return result


@pytest.fixture
def invoices(tmp_path: Path) -> Path:
    path = tmp_path / "invoices.csv"
    path.write_text(INVOICES)
    return path


class TestCommand:
    def test_one_line_brings_a_file_in(self, invoices: Path) -> None:
        world()
        result = run(invoices, "--as", "sell_in", "--source", "erp", "--post", "--json")
        body = json.loads(result.stdout)
        assert (body["state"], body["posted"], body["rows_in"]) == ("posted", 4, 4)
        assert body["columns"]["value"] == {"formula": "quantity * unit_price"}
        assert len(facts()) == 4

    def test_what_a_person_reads(self, invoices: Path) -> None:
        world()
        text = run(invoices, "--as", "sell_in", "--source", "erp", "--post").stdout
        assert "4 rows in = 4 posted + 0 waiting + 0 rejected + 0 skipped" in text
        assert "value EUR ready: 55.00" in text
        again = run(invoices, "--as", "sell_in", "--source", "erp", "--post").stdout
        assert "posted before" in again
        assert len(facts()) == 4

    def test_without_post_nothing_counts_yet(self, invoices: Path) -> None:
        world()
        text = run(invoices, "--as", "sell_in", "--source", "erp").stdout
        assert "4 ready" in text
        assert facts() == []

    def test_a_dry_run_keeps_nothing(self, invoices: Path) -> None:
        world()
        text = run(invoices, "--as", "sell_in", "--source", "erp", "--post", "--dry-run").stdout
        assert "4 ready" in text
        assert "nothing was kept" in text
        assert not models.Batch.objects.exists()
        assert not models.RawFile.objects.exists()

    def test_an_open_question_is_told_with_the_flag_that_answers_it(self, tmp_path: Path) -> None:
        world()
        path = tmp_path / "sales.csv"
        path.write_text("SKU,Date,Qty,Value\nP-1,2026-01-05,1,2.5\n")
        with pytest.raises(Invalid) as caught:
            run(path, "--as", "off_take", "--post")
        assert caught.value.code == "questions_open"
        assert "--set account=VALUE" in caught.value.message
        run(path, "--as", "off_take", "--post", "--account", "A-1")
        assert len(facts("off_take")) == 1

    def test_personal_data_is_refused_and_leaves_nothing(self, tmp_path: Path) -> None:
        world()
        path = tmp_path / "sales.csv"
        path.write_text(INVOICES.replace("Description", "Patient name"))
        with pytest.raises(SourceProblem) as caught:
            run(path, "--as", "sell_in", "--source", "erp")
        assert caught.value.code == "personal_data"
        assert "--drop" in caught.value.hint
        assert not models.Batch.objects.exists()
        body = json.loads(
            run(
                path, "--as", "sell_in", "--source", "erp", "--drop", "Patient name", "--json"
            ).stdout
        )
        assert body["dropped"] == ["Patient name"]

    def test_columns_go_out_and_come_back_as_a_mapping_file(
        self, invoices: Path, tmp_path: Path
    ) -> None:
        world()
        mapping = tmp_path / "map.json"
        run(invoices, "--as", "sell_in", "--source", "a", "--save-map", str(mapping))
        saved = json.loads(mapping.read_text())
        saved["fields"]["value"] = {"formula": "quantity * unit_price * 2"}
        mapping.write_text(json.dumps(saved))
        run(invoices, "--as", "sell_in", "--source", "b", "--map", str(mapping), "--post")
        assert sum(row[0] for row in facts()) == 110

    def test_unknown_codes_are_created_when_asked(self, tmp_path: Path) -> None:
        world()
        path = tmp_path / "x.csv"
        path.write_text(INVOICES.replace("A-2", "A-7").replace("P-2", "P-7"))
        flags = ("--as", "sell_in", "--source", "erp", "--create", "products,accounts", "--post")
        text = run(path, *flags).stdout
        assert "4 posted + 0 waiting" in text

    def test_rejects_are_written_with_their_reasons(self, tmp_path: Path) -> None:
        world()
        path, out = tmp_path / "x.csv", tmp_path / "rejects.csv"
        path.write_text(INVOICES.replace("2026-02-10", "2026-02-30"))
        run(path, "--as", "sell_in", "--source", "erp", "--rejects", str(out))
        lines = out.read_text("utf-8-sig").splitlines()
        assert lines[0].startswith("keystead_sheet,keystead_row,keystead_reason,Invoice No")
        assert "date: A date that does not exist" in lines[1]
        assert "2026-02-30" in lines[1]

    def test_a_sum_that_differs_is_not_posted(self, invoices: Path) -> None:
        world()
        with pytest.raises(Invalid) as caught:
            run(invoices, "--as", "sell_in", "--source", "e", "--sums-to", "value=54", "--post")
        assert caught.value.code == "sums_differ"
        assert facts() == []
        run(invoices, "--as", "sell_in", "--source", "e", "--sums-to", "value=55:EUR", "--post")
        assert len(facts()) == 4

    @pytest.mark.parametrize(
        "flags", [["--as", "nothing"], ["--create", "money"], ["--set", "currency"]]
    )
    def test_a_wrong_call_is_exit_code_two(self, invoices: Path, flags: list[str]) -> None:
        assert run(invoices, *flags).exit_code == 2


class TestApi:
    def test_upload_status_post(self, client_of, sales_ops) -> None:
        world()
        client = client_of(sales_ops)
        file = SimpleUploadedFile("invoices.csv", INVOICES.encode())
        sent = client.post("/api/batches", {"file": file, "dataset": "sell_in", "source": "erp"})
        assert sent.status_code == 202, sent.content
        body = sent.json()
        assert (body["state"], body["busy"]) == ("receiving", True)
        worker.work(once=True)
        body = client.get(f"/api/batches/{body['id']}/desk").json()
        assert (body["state"], body["busy"], body["questions"]) == ("ready", False, [])
        assert body["outcome"]["counts"]["ready"] == 4
        done = _post(client, body["id"], "post", {"digest": body["outcome"]["digest"]})
        assert done.status_code == 202
        worker.work(once=True)
        body = client.get(f"/api/batches/{body['id']}/desk").json()
        assert (body["state"], body["posted"]) == ("posted", 4)
        assert len(facts()) == 4

    def test_codes_are_listed_with_guesses_and_confirmed(self, client_of, sales_ops) -> None:
        ids = world()
        batch = bring(INVOICES.replace("P-1,Aspirin 500", "X-7,Aspirin 500 mg"))
        client = client_of(sales_ops)
        found = client.get(f"/api/batches/{batch.id}/codes", {"kind": "product"}).json()
        assert found["total"] == 1
        line = found["items"][0]
        assert (line["code"], line["rows"], line["proposals"][0]["target_id"]) == (
            "X-7", 3, ids["P-1"],
        )  # fmt: skip
        answer = [{"kind": "product", "text": line["text"], "target_id": ids["P-1"]}]
        assert _post(client, batch.id, "codes", answer).json()["busy"]
        worker.work(once=True)
        body = client.get(f"/api/batches/{batch.id}/desk").json()
        assert body["outcome"]["counts"]["ready"] == 4

    def test_problems_are_listed_and_mended(self, client_of, sales_ops) -> None:
        world()
        batch = bring(INVOICES.replace("2026-02-10", "2026-02-30"))
        client = client_of(sales_ops)
        found = client.get(f"/api/batches/{batch.id}/problems").json()
        (line,) = found["items"]
        assert (line["kind"], line["row"]) == ("impossible_date", 5)
        cell = {"sheet": line["sheet"], "row": 5, "column": line["column"], "value": "2026-02-28"}
        _post(client, batch.id, "cells", {"cells": [cell]})
        worker.work(once=True)
        assert client.get(f"/api/batches/{batch.id}/problems").json()["total"] == 0

    def test_who_may_not_import_is_refused_and_changes_nothing(
        self, client_of, viewer, finance
    ) -> None:
        world()
        batch = bring()
        before = models.Batch.objects.get(pk=batch.id).version
        for actor in (viewer, finance):
            client = client_of(actor)
            for place, body in (
                ("post", {}), ("cancel", {}), ("options", {"repeats": "skip"}),
                ("codes", []), ("cells", {"cells": []}),
            ):  # fmt: skip
                assert _post(client, batch.id, place, body).status_code == 403
            file = SimpleUploadedFile("i.csv", INVOICES.encode())
            assert client.post("/api/batches", {"file": file}).status_code == 403
        assert models.Batch.objects.get(pk=batch.id).version == before
        assert models.Batch.objects.count() == 1

    def test_a_foreign_import_answers_like_a_missing_one(self, client_of, kam, other_kam) -> None:
        world()
        batch = bring(actor=kam)
        client = client_of(other_kam)
        for place in ("desk", "codes?kind=account", "problems", "rejects"):
            foreign = client.get(f"/api/batches/{batch.id}/{place}")
            missing = client.get(f"/api/batches/999999/{place}")
            assert foreign.status_code == missing.status_code == 404
            assert foreign.content == missing.content
        for place, body in (("post", {}), ("cancel", {}), ("place", {"source": "x"})):
            assert _post(client, batch.id, place, body).status_code == 404


class TestWorker:
    def test_a_refused_file_is_told_by_its_job(self, sales_ops) -> None:
        from keystead.ledger.services import desk

        batch = desk.receive_file(actor=sales_ops, content=b"%PDF-1.7 x", name="a.pdf")
        worker.work(once=True)
        view = queries.desk_of(sales_ops, batch.id)
        assert view.batch.state == "failed"
        assert view.job is not None
        assert view.job["state"] == "failed"
        assert view.job["error"]["message"] == view.batch.problem["message"]

    def test_a_conflict_in_a_job_is_told(self) -> None:
        from keystead.ledger.services import desk

        world()
        batch = bring()
        desk.start_post(actor=SYSTEM, batch_id=batch.id, digest="f" * 64)
        worker.work(once=True)
        view = queries.desk_of(SYSTEM, batch.id)
        assert view.job is not None
        assert view.job["error"]["code"] == "figures_changed"
        assert facts() == []
        with pytest.raises(Conflict):
            desk.post_batch(actor=SYSTEM, batch_id=batch.id, digest="f" * 64)


def _post(client, batch_id: int, place: str, body: object):
    return client.post(
        f"/api/batches/{batch_id}/{place}", json.dumps(body), content_type="application/json"
    )
