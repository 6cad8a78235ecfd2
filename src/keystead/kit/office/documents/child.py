"""The child that parses: ``python -m keystead.kit.office.documents.child``; without Django."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from keystead.kernel.errors import KeysteadError
from keystead.kit.files.child import in_cage
from keystead.kit.files.types import ReadOptions, Refused
from keystead.kit.office.carried import carried
from keystead.kit.office.texts import texts

MOST_FIGURES = 20_000


def read(job: dict[str, Any], out: Path, options: ReadOptions) -> dict[str, Any]:
    """Return the figures with their proofs, the texts, or both, as the job asks."""
    content, format = Path(job["path"]).read_bytes(), job["format"]
    found: dict[str, Any] = {}
    try:
        if "figures" in job["wanted"]:
            figures = carried(content, format) if format in ("pptx", "xlsx", "docx") else ()
            if len(figures) > MOST_FIGURES:
                raise Refused("too_many", most=MOST_FIGURES)
            found["figures"] = [dataclasses.asdict(one) for one in figures]
        if "texts" in job["wanted"]:
            found["texts"] = [dataclasses.asdict(one) for one in texts(content, format)]
    except KeysteadError as error:
        raise Refused("damaged", format=format.upper()) from error
    return found


if __name__ == "__main__":
    in_cage(read)
