"""The child that parses: ``python -m keystead.kit.files.letters.child``; without Django."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from keystead.kit.files.child import in_cage
from keystead.kit.files.letters.cards import read_cards
from keystead.kit.files.letters.invitations import read_invitation
from keystead.kit.files.letters.mails import read_mail
from keystead.kit.files.types import ReadOptions

READERS = {"vcf": read_cards, "ics": read_invitation, "eml": read_mail}


def read(job: dict[str, Any], out: Path, options: ReadOptions) -> dict[str, Any]:
    """Parse the file of a job."""
    return READERS[job["format"]](Path(job["path"]).read_bytes())


if __name__ == "__main__":
    in_cage(read)
