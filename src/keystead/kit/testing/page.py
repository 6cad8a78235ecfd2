"""What a page says, for tests: its words without tags.

A test never looks for a short text in raw HTML: hashes, ids and tokens contain anything.
"""

from __future__ import annotations

import re
from typing import Any


def text_of(answer: Any) -> str:
    """Return the words of an answer or of HTML, tags taken out, every space a plain one."""
    html = answer if isinstance(answer, str) else answer.content.decode()
    return re.sub(r"[\s\u202f\u00a0]+", " ", re.sub(r"<[^>]+>", " ", html))
