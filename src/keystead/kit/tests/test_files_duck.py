from __future__ import annotations

import os
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from keystead.kit.files import duck


@pytest.fixture(autouse=True)
def _closed():
    yield
    duck.close_all()


def test_registered_table_and_parameters():
    with duck.session() as work:
        work.register("sales", pa.table({"account": [1, 1, 2], "value": [10, 20, 30]}))
        found = work.arrow(
            "select account, sum(value)::bigint as total from sales where value > ? "
            "group by account order by account",
            [10],
        )
    assert found.to_pydict() == {"account": [1, 2], "total": [20, 30]}
    assert isinstance(found, pa.Table)


def test_sessions_do_not_see_each_other():
    with duck.session() as one, duck.session() as other:
        one.register("sales", pa.table({"a": [1]}))
        with pytest.raises(duck.EngineError):
            other.arrow("select * from sales")


def test_python_variables_are_never_tables():
    secret = pa.table({"a": [1]})
    with duck.session() as work, pytest.raises(duck.EngineError):
        work.arrow("select * from secret")
    assert secret.num_rows == 1


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('http://127.0.0.1:9/x.csv')",
        "select * from 's3://bucket/x.parquet'",
        "install httpfs",
        "load httpfs",
        "set enable_external_access=true",
    ],
)
def test_no_network_and_no_extensions(sql):
    with duck.session() as work, pytest.raises(duck.EngineError):
        work.execute(sql)


def test_writes_parquet_in_order_with_small_row_groups(tmp_path):
    path = tmp_path / "it's.parquet"
    with duck.session() as work:
        work.register("t", pa.table({"n": list(range(70_000))}))
        rows = work.write_parquet("select n from t where n >= ? order by n desc", path, [0])
    meta = pq.ParquetFile(path).metadata
    assert rows == meta.num_rows == 70_000
    assert meta.row_group(0).num_rows <= duck.ROW_GROUP_ROWS
    assert meta.row_group(0).column(0).compression == "ZSTD"
    assert pq.read_table(path)["n"][0].as_py() == 69_999


def test_cache_is_read_only_and_follows_a_rename(tmp_path):
    live = tmp_path / "sell_in-1.duckdb"
    duck.build_cache(live, [("create table facts as select ?::int as n", [1])])
    with duck.open_cache(live) as cache:
        assert cache.rows("select n from facts") == [(1,)]
        with pytest.raises(duck.EngineError):
            cache.execute("insert into facts values (2)")
        duck.build_cache(tmp_path / "new", [("create table facts as select 2 as n", [])])
        os.replace(tmp_path / "new", live)
        assert cache.rows("select n from facts") == [(1,)]
        with duck.open_cache(live) as fresh:
            assert fresh.rows("select n from facts") == [(2,)]
    with duck.open_cache(live) as again:
        assert again.rows("select n from facts") == [(2,)]


def test_missing_or_foreign_cache_is_an_engine_error(tmp_path):
    with pytest.raises(duck.EngineError):
        duck.open_cache(tmp_path / "absent.duckdb")
    (tmp_path / "old.duckdb").write_bytes(b"not a database" * 1000)
    with pytest.raises(duck.EngineError):
        duck.open_cache(tmp_path / "old.duckdb")


def test_importing_the_module_does_not_import_duckdb():
    code = "import keystead.kit.files.duck, sys; raise SystemExit('duckdb' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
