"""PDF of an Office file through LibreOffice, where it is installed.

Each call has a profile of its own (two calls never wait for each other, and nothing of the user's
own LibreOffice is touched), a time limit, and takes every process it began with it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from keystead.kernel.errors import Invalid
from keystead.kit.office.carried import Kind

SECONDS: Final = 120.0
_PLACES: Final = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.exe",
)


class NoPdf(Invalid):
    """LibreOffice is not there, or made no PDF of the file."""


def libreoffice() -> str | None:
    """Return where LibreOffice is, or None where it is not installed."""
    known = shutil.which("soffice") or shutil.which("libreoffice")
    return known or next((place for place in _PLACES if Path(place).exists()), None)


def through_libreoffice(content: bytes, kind: Kind, *, seconds: float = SECONDS) -> bytes:
    """Return a file as PDF; raises NoPdf where LibreOffice is missing, fails or takes too long."""
    program = libreoffice()
    if program is None:
        raise _no_pdf(
            "LibreOffice is not installed here, so there is no PDF of this file.",
            "libreoffice_missing", "Ask for the file itself, or have LibreOffice installed.",
        )  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="keystead-") as name:
        folder = Path(name)
        (folder / f"file.{kind}").write_bytes(content)
        _run(program, folder, kind, seconds)
        made = folder / "file.pdf"
        if not made.exists() or not made.read_bytes().startswith(b"%PDF"):
            raise _no_pdf(
                "LibreOffice could make no PDF of this file.", "libreoffice_failed",
                "Open the file in Office; if it opens there, export the PDF from it.",
            )  # fmt: skip
        return made.read_bytes()


def _run(program: str, folder: Path, kind: str, seconds: float) -> None:
    profile = (folder / "profile").as_uri()
    words = [
        program, f"-env:UserInstallation={profile}", "--headless", "--norestore", "--nologo",
        "--nodefault", "--nolockcheck", "--nofirststartwizard", "--convert-to", "pdf",
        "--outdir", str(folder), str(folder / f"file.{kind}"),
    ]  # fmt: skip
    environment = {
        name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TEMP", "TMP")
        if name in os.environ
    }  # fmt: skip
    process = subprocess.Popen(
        words, cwd=folder, env={**environment, "HOME": str(folder)}, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=sys.platform != "win32",
    )  # fmt: skip
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired as error:
        text = "LibreOffice took too long over this file and was stopped."
        raise _no_pdf(text, "libreoffice_slow", "Try again, or split the document.") from error
    finally:
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the program with all that it started; ``soffice`` is a script around the real one."""
    if sys.platform != "win32":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    elif process.poll() is None:
        process.kill()
    process.wait()


def _no_pdf(sentence: str, code: str, hint: str) -> NoPdf:
    return NoPdf(sentence, code=code, field="file", sentence=sentence, hint=hint)
