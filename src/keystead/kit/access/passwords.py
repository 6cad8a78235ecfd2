"""Passwords that everybody would guess in this company, or that leaked elsewhere, are refused."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

REST = 8  # signs that must stand beside such a word
LINE = 128  # bytes: a hash of 40, a count and the end of the line are far shorter


class WordsValidator:
    """Refuses a password that is little more than a word of ``KEYSTEAD_PASSWORD_WORDS``."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError unless enough is left once the words are taken out."""
        left = password.lower()
        for word in settings.KEYSTEAD_PASSWORD_WORDS:
            left = left.replace(word, "")
        if left != password.lower() and len(re.sub(r"[\W\d_]", "", left)) < REST:
            raise ValidationError(self.get_help_text(), code="password_words")

    def get_help_text(self) -> str:
        return _("The password is little more than a word that everybody would guess here.")


class BreachedValidator:
    """Refuses a password of the list named by ``KEYSTEAD_BREACHED_PASSWORDS``; no call out.

    The list is the published one of "Pwned Passwords", ordered by hash: some 40 GB, of which a
    check reads a few hundred bytes.
    """

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError when the list holds the password."""
        place = settings.KEYSTEAD_BREACHED_PASSWORDS
        if place and is_listed(Path(place), password):
            raise ValidationError(self.get_help_text(), code="password_breached")

    def get_help_text(self) -> str:
        return _("This password is on a list of leaked ones. Choose another.")


def is_listed(path: Path, password: str) -> bool:
    """Say whether an ordered file of ``SHA1:count`` lines holds the password."""
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with path.open("rb") as file:
        low, high = 0, file.seek(0, os.SEEK_END)
        while low < high:  # the first line that starts at or after ``low`` is not before the wanted
            middle = (low + high) // 2
            if _line_after(file, middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return _line_after(file, low) == wanted


def _line_after(file: Any, place: int) -> bytes:
    """Return the hash of the first line that starts at or after a byte; "~" beyond the end."""
    file.seek(max(place - 1, 0))
    if place:
        file.readline(LINE)
    line: bytes = file.readline(LINE)
    return line[:40].upper() if line else b"~"
