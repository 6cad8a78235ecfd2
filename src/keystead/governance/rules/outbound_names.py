"""Finds names, codes and sentences in texts, whatever their case, width, accents and spacing."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from keystead.governance.rules.compliance import fold

SHORTEST: Final = 2  # signs of a Latin name that says anything
SHORTEST_CODE: Final = 2
SENTENCE: Final = 24  # signs from which on a part of a private text gives it away
_SIGNS: Final = re.compile(r"[^\W_]+", re.UNICODE)
_EAST: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
# What stands in many names and tells nobody apart: legal forms, kinds of houses.
_FORMS: Final = frozenset(
    """ltd limited inc llc plc corp corporation co company gmbh ag sa sas sarl bv nv spa srl oy ab
    the of and de du des la le les et group groupe holding holdings international global
    university universite universities hospital hopital hospitals clinic clinique pharmacy
    pharmacie pharmacies library bibliotheque centre center institute institut college school
    trading health medical care shop store stores china france europe paris shanghai beijing
    account accounts platform distributor consortium network""".split()
)
_FORMS_EAST: Final = re.compile(
    r"(股份有限公司|有限责任公司|有限公司|集团公司|集团|公司|医药|药房|药店|连锁|大药房|医院|大学)+$"
)


# Cyrillic and Greek letters that look like Latin ones; names and texts are both read so.
_ALIKE: Final = str.maketrans("аеорсухіјѕԁһкмтвнοανιρυ", "aeopcyxijsdhkmtbhoavipu")


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text as they are compared: folded, without signs between them.

    Chinese, Japanese and Korean signs are words of their own.

    >>> words_of("Dupont-Médical  S.A. 京东健康")
    ('dupont', 'medical', 's', 'a', '京', '东', '健', '康')
    """
    found: list[str] = []
    for word in _SIGNS.findall(_seen(text)):
        start = 0
        for at, sign in enumerate(word):
            if _EAST.match(sign):
                if start < at:
                    found.append(word[start:at])
                found.append(sign)
                start = at + 1
        if start < len(word):
            found.append(word[start:])
    return tuple(found)


def _seen(text: str) -> str:
    """Return a text as it is seen: without invisible signs, look-alike letters as Latin ones."""
    kept = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    return fold(kept).translate(_ALIKE)


def telling(name: str) -> tuple[tuple[str, ...], ...]:
    """Return the ways of saying a name that tell it: whole, and without its legal form.

    A way of common words only ("University Hospital") tells nothing by itself unless it is the
    whole name.

    >>> telling("Kangmei Pharmacy Ltd.")
    (('kangmei', 'pharmacy', 'ltd'), ('kangmei', 'pharmacy'), ('kangmei',))
    """
    whole = words_of(name)
    ways = [whole]
    east = _FORMS_EAST.sub("", fold(name).replace(" ", ""))
    if _EAST.search(name) and len(east) >= 2:
        ways.append(words_of(east))
    short = list(whole)
    while len(short) > 1 and short[-1] in _FORMS:
        short.pop()
        ways.append(tuple(short))
    kept = [way for way in ways if way and _tells(way, whole)]
    return tuple(dict.fromkeys(kept))


def _tells(way: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    joined = "".join(way)
    if _EAST.search(joined):
        return len(joined) >= 2
    if way == whole and len(way) > 1:
        return True
    known = [word for word in way if word not in _FORMS]
    return bool(known) and len("".join(known)) >= (4 if len(way) == 1 else SHORTEST + 1)


class Names:
    """Phrases that are looked for together: one pass over a text, whatever their number."""

    def __init__(self) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], int]]] = defaultdict(list)
        self._own: set[tuple[str, ...]] = set()
        self._glued: dict[str, int] = {}

    def add(self, ways: Iterable[tuple[str, ...]], key: int) -> None:
        """Look for these ways of saying something."""
        for way in ways:
            self._by_first[way[0]].append((way, key))
            glued = "".join(way)
            if len(way) > 1 and len(glued) >= 8 and not _EAST.search(glued):
                self._glued.setdefault(glued, key)

    def allow(self, ways: Iterable[tuple[str, ...]]) -> None:
        """Pass over what is the account's own, also where it holds another's name within it."""
        self._own.update(way for way in ways if way)

    def find(self, text: str) -> list[tuple[int, str]]:
        """Return key and the words of the text for each phrase in it, each once.

        The words are those of the text, never of the phrase: a finding tells its reader nothing
        that did not stand in their own document.
        """
        words = words_of(text)
        if not words:
            return []
        covered = self._covered(words)
        found: dict[tuple[int, str], None] = {}
        for at, word in enumerate(words):
            longest: dict[int, tuple[str, ...]] = {}
            for way, key in self._by_first.get(word, ()):
                if words[at : at + len(way)] == way and len(way) > len(longest.get(key, ())):
                    longest[key] = way
            for key, way in longest.items():
                if not all(place in covered for place in range(at, at + len(way))):
                    found[key, said(way)] = None
            if word in self._glued and at not in covered:
                found[self._glued[word], word] = None
        return list(found)

    def _covered(self, words: tuple[str, ...]) -> set[int]:
        covered: set[int] = set()
        firsts = defaultdict(list)
        for way in self._own:
            firsts[way[0]].append(way)
        for at, word in enumerate(words):
            for way in firsts.get(word, ()):
                if words[at : at + len(way)] == way:
                    covered.update(range(at, at + len(way)))
        return covered


def said(way: tuple[str, ...]) -> str:
    """Return words as they are told: Chinese signs without spaces between them."""
    joined = " ".join(way)
    return re.sub(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])", "", joined)[:80]


def code_words(code: str) -> tuple[tuple[str, ...], ...]:
    """Return the ways of saying a code: whole words only; one sign alone tells nothing.

    >>> code_words("QH-01"), code_words("A")
    ((('qh', '01'), ('qh01',)), ())
    """
    words = words_of(code)
    joined = "".join(words)
    if len(joined) < SHORTEST_CODE or (joined.isdigit() and len(joined) < 5):
        return ()
    return tuple(dict.fromkeys([words, (joined,)])) if len(words) > 1 else (words,)


def sentences(private: str) -> tuple[tuple[str, ...], ...]:
    """Return what of a private text gives it away: each sentence that is long enough, else all."""
    parts = re.split(r"(?<=[.!?。！？;；\n])\s*", private)
    ways = [words_of(part) for part in parts]
    long = [way for way in ways if len("".join(way)) >= SENTENCE or _eastern(way, 8)]
    whole = words_of(private)
    if not long and (len(whole) >= 3 or _eastern(whole, 4) or any(w.isdigit() for w in whole)):
        enough = len("".join(whole)) >= (5 if all(w.isdigit() for w in whole) else 6)
        long = [whole] if enough or _eastern(whole, 4) else []
    return tuple(dict.fromkeys(way for way in long if way))


def _eastern(way: tuple[str, ...], least: int) -> bool:
    return sum(1 for word in way if _EAST.match(word)) >= least
