"""What the codes and names of a file mean: exact, said before, or a best guess to confirm.

Everything here works on the distinct (code, name) pairs of a file, never on its rows.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from rapidfuzz import fuzz, process

from keystead.ledger.rules.fold import fold, fold_code
from keystead.ledger.types.desk import Match, MatchState, Proposal

NAME_SCHEMES = frozenset({"name", "alias", "legal_name", "short_name", "local_name"})
_ALIKE = 60  # two spellings of one name score above this, two things below
_LEAST = 70
_REMARK = 8  # a "name" under more codes than this is a remark: check, damaged, sample
_BETWEEN = "\x1f"
_CODE_LIKENESS = 80


@dataclasses.dataclass(frozen=True)
class Pair:
    """One distinct (code, name) of a file and how many rows carry it; "" = blank."""

    code: str
    name: str
    rows: int


class Known:
    """What can be matched: identifiers and names of accounts or products, by folded text.

    ``keys``: (target id, scheme, value, source). Keys of another source than the batch's are
    left out: a customer's own number means something only in that customer's files.
    ``labels``: target id -> what a person reads.
    """

    def __init__(
        self,
        keys: Iterable[tuple[int, str, str, str]],
        labels: Mapping[int, str],
        source: str = "",
    ) -> None:
        self.labels = labels
        self.codes: dict[str, set[int]] = defaultdict(set)
        self.names: dict[str, set[int]] = defaultdict(set)
        self._spelled: dict[str, int] = {}
        for target, scheme, value, key_source in keys:
            if key_source and source and fold(key_source) != fold(source):
                continue
            if scheme in NAME_SCHEMES:
                self.names[fold(value)].add(target)
                self._spelled.setdefault(" ".join(value.casefold().split()), target)
            else:
                self.codes[fold_code(value)].add(target)
        self._choices = list(self._spelled)
        self._code_list = list(self.codes)
        self._any_case: dict[str, set[int]] = defaultdict(set)
        for code, targets in self.codes.items():
            self._any_case[code.upper()] |= targets

    def by_code(self, code: str) -> set[int]:
        """Return what a folded code means: exactly as written, else in any case."""
        return self.codes.get(code) or self._any_case.get(code.upper(), set())

    def proposals(self, code: str, name: str, limit: int = 5) -> tuple[Proposal, ...]:
        """Return the known things most like a code and name, best first, at least 70 of 100."""
        best: dict[int, int] = {}
        for target in self.by_code(fold_code(code)) if code else ():
            best[target] = 100
        if name and self._choices:
            query = " ".join(name.casefold().split())
            for choice, score, _ in process.extract(
                query, self._choices, scorer=fuzz.WRatio, limit=limit, score_cutoff=_LEAST
            ):
                target = self._spelled[choice]
                best[target] = max(best.get(target, 0), min(round(score), 99))
        if code and len(fold_code(code)) > 3 and not best:
            for choice, score, _ in process.extract(
                fold_code(code),
                self._code_list,
                scorer=fuzz.ratio,
                limit=limit,
                score_cutoff=_CODE_LIKENESS,
            ):
                for target in self.codes[choice]:
                    best[target] = max(best.get(target, 0), min(round(score), 95))
        ranked = sorted(best.items(), key=lambda item: (-item[1], self.labels.get(item[0], "")))
        return tuple(
            Proposal(target, self.labels.get(target, str(target)), score)
            for target, score in ranked[:limit]
        )


def alias_text(code: str, name: str, *, whole: bool) -> str:
    """Return the text under which a person's decision is remembered for a source.

    By code where there is one; by code and name together (``whole``) where a code carries
    several names; else by name.

    >>> alias_text(" a-1 ", "Foo", whole=False), alias_text("", "Foo Bar", whole=False)
    ('c:a-1', 'n:foobar')
    """
    if code and name and whole:
        return f"b:{fold_code(code)}{_BETWEEN}{fold(name)}"
    return f"c:{fold_code(code)}" if code else f"n:{fold(name)}"


def unclear_codes(pairs: Sequence[Pair]) -> dict[str, tuple[str, ...]]:
    """Return the codes that cannot be trusted: folded code -> the names it carries.

    A code is unclear when it carries a name that does not resemble its usual one and stands
    under another code too: then codes and names were mixed up at the source. A product that
    was merely renamed stays clear, and so does one whose name field sometimes holds a remark
    ("check", "damaged"): such a text stands under many codes.

    >>> rows = [Pair("1", "aspirin", 9), Pair("1", "zinc oxide", 2), Pair("2", "zinc oxide", 5)]
    >>> unclear_codes(rows)
    {'1': ('aspirin', 'zinc oxide')}
    """
    names: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    carriers: dict[str, set[str]] = defaultdict(set)
    for pair in pairs:
        if pair.code and pair.name:
            names[fold_code(pair.code)][pair.name.strip()] += pair.rows
            carriers[fold(pair.name)].add(fold_code(pair.code))
    unclear: dict[str, tuple[str, ...]] = {}
    for code, carried in names.items():
        ranked = sorted(carried, key=lambda name: -carried[name])
        strange = [name for name in ranked[1:] if not _alike(ranked[0], name)]
        if any(1 < len(carriers[fold(name)]) <= _REMARK for name in strange):
            unclear[code] = tuple(ranked)
    return unclear


def match(
    pairs: Sequence[Pair],
    known: Known,
    aliases: Mapping[str, int],
    unclear: Mapping[str, Sequence[str]] | None = None,
) -> list[Match]:
    """Return what each pair means, in the order given; proposals are made later, on demand.

    What a person said for this source comes first, because it may correct an exact hit; then
    the code, exactly; then the name, exactly, where no code is given or the code is unknown
    (a code that is known as another thing than its name makes the pair ambiguous). Anything
    that several things carry is ambiguous. An ``unclear`` code is ambiguous unless the name
    settles it. Blank pairs are BLANK.
    """
    doubtful = unclear or {}
    return [_match_one(pair, known, aliases, doubtful) for pair in pairs]


def _match_one(
    pair: Pair, known: Known, aliases: Mapping[str, int], unclear: Mapping[str, Sequence[str]]
) -> Match:
    code, name = fold_code(pair.code), fold(pair.name)
    if not code and not name:
        blank = aliases.get("blank")
        return _found(pair, MatchState.BLANK if blank is None else MatchState.ALIAS, blank)
    whole = code in unclear
    said = _said(pair, aliases, whole=whole)
    if said is not None:
        return _found(pair, MatchState.ALIAS, said)
    by_code = known.by_code(code) if code else set()
    by_name = known.names.get(name, set()) if name else set()
    certain = _certain(by_code, by_name, has_code=bool(code), whole=whole)
    if len(certain) == 1:
        return _found(pair, MatchState.MATCHED, next(iter(certain)))
    if whole or len(certain) > 1:
        note = "several_names" if whole else "several_things"
        return _found(pair, MatchState.AMBIGUOUS, None, note=note)
    if len(by_name) == 1:
        return _found(pair, MatchState.PROPOSED, None, note="name_known")
    return _found(pair, MatchState.UNKNOWN, None)


def _said(pair: Pair, aliases: Mapping[str, int], *, whole: bool) -> int | None:
    exact = aliases.get(alias_text(pair.code, pair.name, whole=True))
    return (
        exact if exact is not None else aliases.get(alias_text(pair.code, pair.name, whole=whole))
    )


def _certain(by_code: set[int], by_name: set[int], *, has_code: bool, whole: bool) -> set[int]:
    """Return what the pair can only mean; several = nobody can tell from the file."""
    if whole:
        return by_code & by_name
    if not has_code:
        return by_name
    both = by_code & by_name
    return both if len(by_code) > 1 and len(both) == 1 else by_code


def _found(pair: Pair, state: MatchState, target: int | None, note: str = "") -> Match:
    return Match(pair.code, pair.name, pair.rows, state, target, (), note)


def _alike(one: str, other: str) -> bool:
    left, right = " ".join(one.casefold().split()), " ".join(other.casefold().split())
    shared = {word for word in left.split() if len(word) > 2} & set(right.split())
    return bool(shared) or fuzz.token_set_ratio(left, right) >= _ALIKE
