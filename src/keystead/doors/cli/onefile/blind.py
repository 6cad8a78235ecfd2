"""Takes other accounts' names and codes out of texts that go along."""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import re
import secrets
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from keystead.kit.office.paper import Paper

_WORD = re.compile(r"[a-z][a-z0-9_]*")
SHORTEST = 3  # signs of a Latin word; a Chinese one says enough with two
MARK = "▮"


class Blind:
    """Replaces each foreign word by a mark that is the same for the same word in this file only.

    Two buyers stay two buyers, and nobody can say which: the key is thrown away. A word of the
    account itself is left alone, also where a foreign one is a part of it.
    """

    def __init__(self, *, foreign: Iterable[str], own: Iterable[str]) -> None:
        self._key = secrets.token_bytes(32)
        self._known: dict[str, bool] = {word.lower(): False for word in own if long_enough(word)}
        for word in foreign:
            if long_enough(word):
                self._known.setdefault(word.lower(), True)
        self._exact = {word for word in foreign if self._known.get(word.lower())}
        self._index: dict[str, list[str]] = defaultdict(list)
        for word in sorted(self._known, key=len, reverse=True):
            self._index[word[:2]].append(word)
        self.count = 0

    def __call__(self, text: str) -> str:
        """Return the text without foreign words."""
        if len(text) < 2 or (_WORD.fullmatch(text) and text not in self._exact):
            return text
        low = text.lower()
        if len(low) != len(text):  # a sign that has no small one of its own length
            low = text
        made, start, at = [], 0, 0
        while at < len(low) - 1:
            word = self._at(low, at)
            if word is None:
                at += 1
                continue
            if self._known[word]:
                made += [text[start:at], self._mark(word)]
                start = at + len(word)
                self.count += 1
            at += len(word)
        return "".join((*made, text[start:])) if made else text

    def value(self, given: Any) -> Any:
        """Return a value of a JSON column without foreign words, keys and all."""
        if isinstance(given, str):
            return self(given)
        if isinstance(given, list | tuple):
            return [self.value(one) for one in given]
        if isinstance(given, dict):
            return {self(key): self.value(one) for key, one in given.items()}
        return given

    def paper(self, paper: Paper) -> Paper:
        """Return a paper without foreign words."""
        return dataclasses.replace(
            paper,
            title=self(paper.title),
            footer=self(paper.footer),
            blocks=tuple(self._part(block) for block in paper.blocks),
        )

    def _part(self, part: Any) -> Any:
        if isinstance(part, str):
            return self(part)
        if isinstance(part, tuple):
            return tuple(self._part(one) for one in part)
        if dataclasses.is_dataclass(part) and not isinstance(part, type):
            told = {
                field.name: self._part(getattr(part, field.name))
                for field in dataclasses.fields(part)
                if field.name != "look"
            }
            return dataclasses.replace(part, **told)
        return part

    def _at(self, low: str, at: int) -> str | None:
        for word in self._index.get(low[at : at + 2], ()):
            if low.startswith(word, at) and _apart(low, at, at + len(word)):
                return word
        return None

    def _mark(self, word: str) -> str:
        return MARK + hmac.new(self._key, word.encode(), hashlib.sha256).hexdigest()[:6]


def long_enough(word: str) -> bool:
    """Say whether a word names something, and is not a piece of every second sentence.

    >>> long_enough("AB"), long_enough("ABC"), long_enough("华润")
    (False, True, True)
    """
    return len(word) >= (SHORTEST if word.isascii() else 2)


def _apart(text: str, start: int, end: int) -> bool:
    """Say whether a Latin word stands for itself there, and is not a piece of another."""
    before = start == 0 or not (_latin(text[start]) and _latin(text[start - 1]))
    return before and (end == len(text) or not (_latin(text[end - 1]) and _latin(text[end])))


def _latin(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()


def without(value: Any, foreign: frozenset[int]) -> Any:
    """Return a JSON value without entries that belong to a foreign account's id.

    >>> without({"members": [{"account_id": 1}, {"account_id": 2}]}, frozenset({2}))
    {'members': [{'account_id': 1}]}
    >>> without({"accounts": [1, 2], "account": 2}, frozenset({2}))
    {'accounts': [1], 'account': None}
    """
    if isinstance(value, list | tuple):
        kept = [one for one in value if not (isinstance(one, dict) and _of(one, foreign))]
        return [without(one, foreign) for one in kept]
    if isinstance(value, dict):
        return {key: _entry(key, one, foreign) for key, one in value.items()}
    return value


ONE = frozenset({"account", "account_id", "member", "member_id", "wholesaler", "wholesaler_id"})
MANY = frozenset({"accounts", "account_ids", "members", "member_ids", "wholesalers", "parties"})


def _of(entry: dict[str, Any], foreign: frozenset[int]) -> bool:
    return any(_number(entry.get(key)) in foreign for key in ONE)


def _entry(key: str, value: Any, foreign: frozenset[int]) -> Any:
    if key in ONE and _number(value) in foreign:
        return None
    if key in MANY and isinstance(value, list | tuple):
        value = [one for one in value if _number(one) not in foreign]
    return without(value, foreign)


def _number(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    return int(value) if str(value).isdecimal() else None
