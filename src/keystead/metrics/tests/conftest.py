"""Engines as fixtures: the same test body runs on each one that is here."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from keystead.kit.files import duck
from keystead.metrics.tests.engines import ClickHouse, Duck, Postgres, Runner, postgres_url


@pytest.fixture(scope="session")
def postgres_runner() -> Iterator[Runner | None]:
    pytest.importorskip("psycopg")
    with postgres_url() as url:
        yield Postgres(url) if url else None


@pytest.fixture(scope="session")
def clickhouse_runner() -> Runner:
    pytest.importorskip("chdb", reason="chdb is not installed")
    return ClickHouse()


@pytest.fixture(params=["duckdb", "postgres", "clickhouse"])
def runner(request: pytest.FixtureRequest) -> Runner:
    if request.param == "duckdb":
        return Duck()
    found = request.getfixturevalue(f"{request.param}_runner")
    if found is None:
        pytest.skip("no PostgreSQL server binary and no KEYSTEAD_TEST_POSTGRES_URL")
    return found


@pytest.fixture(autouse=True)
def _own_home(settings, tmp_path: Path) -> Iterator[None]:
    settings.KEYSTEAD_HOME = tmp_path / "home"
    yield
    duck.close_all()
    shutil.rmtree(settings.KEYSTEAD_HOME, ignore_errors=True)
