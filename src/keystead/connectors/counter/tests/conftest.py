from __future__ import annotations

from pathlib import Path

import pytest

SAMPLES = Path(__file__).resolve().parents[5].parent / "shared" / "data" / "counter"


@pytest.fixture(scope="session")
def samples() -> Path:
    if not SAMPLES.exists():
        pytest.skip(f"the official samples are not here ({SAMPLES})")
    return SAMPLES
