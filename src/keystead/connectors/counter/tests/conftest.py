from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from keystead.accounts.services import add_identifier, create_account
from keystead.connectors.counter.tests.reports import SAMPLES
from keystead.kit.access import SYSTEM


@pytest.fixture(scope="session")
def samples() -> Path:
    if not SAMPLES.exists():
        pytest.skip(f"the official samples are not here ({SAMPLES})")
    return SAMPLES


@pytest.fixture(scope="session")
def _served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, Path]]:
    from keystead.connectors.counter.tests.fake_server import serve

    fake, web, pem = serve(tmp_path_factory.mktemp("counter"))
    yield fake, pem
    web.shutdown()
    web.server_close()


@pytest.fixture
def server(
    _served: tuple[Any, Path], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Any]:
    """A COUNTER server that may be called; what it was asked must fit the description."""
    fake, pem = _served
    fake.reset()
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    settings.KEYSTEAD_OUTGOING_PRIVATE = frozenset({"127.0.0.1"})
    yield fake
    assert fake.wrong == []


@pytest.fixture
def lake(db: None) -> Any:
    """Lakeside University, known by its ROR."""
    made = create_account(
        actor=SYSTEM, code="LAKE", name="Lakeside University", kind="university", currency="EUR"
    )
    add_identifier(
        actor=SYSTEM, account_id=made.id, scheme="ror", value="https://ror.org/03yrm5c26"
    )
    return made
