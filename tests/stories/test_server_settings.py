"""What a team's server runs with: Django's own deployment checks find nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


def look(home: Path, **given: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("KEYSTEAD_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"],
        env=kept
        | {"KEYSTEAD_HOME": str(home), "DJANGO_SETTINGS_MODULE": "keystead.config.settings"}
        | given,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_server_behind_tls_passes(tmp_path: Path) -> None:
    done = look(tmp_path, KEYSTEAD_HTTPS="1", KEYSTEAD_HOSTS="keystead.example")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("given", "finding"),
    [({}, "security.W012"), ({"KEYSTEAD_HTTPS": "1", "KEYSTEAD_DEBUG": "1"}, "security.W018"),
     ({"KEYSTEAD_HTTPS": "1", "KEYSTEAD_SECRET_KEY": "short"}, "security.W009"),
     ({"KEYSTEAD_HTTPS": "1", "KEYSTEAD_MFA_ROLES": "finance chief"}, "keystead.E001"),
     ({"KEYSTEAD_HTTPS": "1", "KEYSTEAD_OIDC_MATCH": "name"}, "keystead.E002")],
)  # fmt: skip
def test_what_is_missing_is_named(tmp_path: Path, given: dict[str, str], finding: str) -> None:
    done = look(tmp_path, **given)
    assert done.returncode != 0
    assert finding in done.stderr
