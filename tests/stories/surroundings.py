"""The environment of a command that a story runs as a person would, in a process of its own."""

from __future__ import annotations

import os
from pathlib import Path


def surroundings(home: Path, **more: str) -> dict[str, str]:
    """Return this environment without what the test suite sets for itself.

    The suite's own settings move the home into a folder that ends with its process, so a command
    that inherited them would find a new, empty home each time.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KEYSTEAD_")}
    kept.pop("DJANGO_SETTINGS_MODULE", None)
    return {**kept, "KEYSTEAD_HOME": str(home), **more}
