"""A newcomer clones the project on a bare machine and runs the two commands of the README."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "PIP_CERT", "REQUESTS_CA_BUNDLE")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The committed state of the project, in a folder that knows nothing."""
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        pytest.skip("not a git checkout")
    folder = tmp_path_factory.mktemp("newcomer")
    subprocess.run(
        ["git", "clone", "--quiet", str(ROOT), str(folder / "keystead")],
        check=True,
        capture_output=True,
    )
    return folder / "keystead"


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a new account: an empty home, Python, and no uv."""
    folder = tmp_path_factory.mktemp("bare")
    (folder / "bin").mkdir()
    (folder / "bin" / "python3").symlink_to(Path(sys.base_prefix) / "bin" / "python3")
    (folder / "home").mkdir()
    kept = {name: os.environ[name] for name in CERTIFICATES if name in os.environ}
    return {
        **kept,
        "HOME": str(folder / "home"),
        "PATH": f"{folder / 'bin'}:/usr/bin:/bin",
        "LANG": "C.UTF-8",
    }


@pytest.fixture(scope="module")
def installed(clone: Path, bare: dict[str, str]) -> Path:
    """The clone after its first command, which sets everything up."""
    first = subprocess.run(
        ["./keystead", "--version"],
        cwd=clone,
        env=bare,
        capture_output=True,
        text=True,
        check=False,
    )
    if first.returncode and re.search("dns error|Connect|Temporary failure", first.stderr):
        pytest.skip("the package index cannot be reached from here")
    assert first.returncode == 0, first.stderr
    assert first.stdout.startswith("keystead ")
    return clone


def test_the_second_run_is_quick(installed: Path, bare: dict[str, str]) -> None:
    began = time.monotonic()
    done = subprocess.run(
        ["./keystead", "--help"],
        cwd=installed,
        env=bare,
        capture_output=True,
        text=True,
        check=True,
    )
    assert time.monotonic() - began < 3
    assert "demo" in done.stdout
    assert done.stderr == ""


def test_the_demo_opens_and_lets_lin_in(installed: Path, bare: dict[str, str]) -> None:
    demo = subprocess.Popen(
        ["./keystead", "demo", "--no-browser"],
        cwd=installed,
        env=bare,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        told = _told(demo)
        url = re.search(r"http://127\.0\.0\.1:\d+/", told)
        assert url, told
        assert "keystead-demo" in told
        browser = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(CookieJar()),
        )
        page = browser.open(url.group() + "sign-in/", timeout=30).read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token
        form = f"csrfmiddlewaretoken={token.group(1)}&username=lin&password=keystead-demo"
        home = browser.open(url.group() + "sign-in/", form.encode(), timeout=60)
        text = home.read().decode()
        assert home.status == 200
        assert "/sign-in/" not in home.url
        assert "京禾健康" in text
    finally:
        demo.send_signal(signal.SIGINT)
        demo.wait(60)
        demo.stdout.close()  # type: ignore[union-attr]
    assert demo.returncode == 0


def _told(process: subprocess.Popen[str]) -> str:
    lines = []
    assert process.stdout is not None
    for line in process.stdout:
        lines.append(line)
        if "Ctrl+C" in line:
            return "".join(lines)
    raise AssertionError("".join(lines))


def test_the_suite_runs_with_one_command(installed: Path, bare: dict[str, str]) -> None:
    done = subprocess.run(
        ["./test", "-q", "-n0", "src/keystead/kernel"],
        cwd=installed,
        env=bare,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert re.search(r"\d+ passed", done.stdout)
