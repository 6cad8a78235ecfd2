"""What may not leave for a customer: pure rules over the pieces of a document.

R-02 (price-control wording), R-05 (named resale prices), R-08 (another customer's data); what only
we may know; what we think of people; what nobody approved.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from keystead.governance.rules.compliance import fold
from keystead.governance.rules.outbound_names import (
    Names,
    code_words,
    sentences,
    telling,
    words_of,
)
from keystead.governance.rules.shipped import PRICE_CONTROL_PHRASES
from keystead.governance.types.outbound import (
    SEVERITY,
    Finding,
    Findings,
    Leak,
    Piece,
    Severity,
    SourcedFigure,
    Vocabulary,
)
from keystead.kernel.errors import Conflict, Invalid

NEAR: Final = 12  # words between a person's name and a judgement of them
LEAST_REASON: Final = 10
LEAST_FAMILY: Final = 4  # letters of a family name that is looked for by itself
_JUDGED: Final = (
    # English
    "blocker", "opponent", "hostile", "incompetent", "stubborn", "detractor", "lazy",
    "easily influenced", "does not decide", "no real power", "gatekeeper", "against us",
    "on our side", "weak spot", "can be persuaded", "hard to deal with", "difficult person",
    # Chinese
    "反对者", "敌对", "难缠", "无能", "固执", "反对我们", "站在我们这边", "没有决定权",
    "软肋", "搞定",
    # French
    "opposant", "incompetent", "tetu", "detracteur", "contre nous", "de notre cote",
    "influencable", "ne decide pas", "a convaincre", "point faible", "personne difficile",
)  # fmt: skip
_MARKED: Final = re.compile(
    r"\b(internal only|inside only|for internal use|not for the customer|confidential to us|"
    r"usage interne|interne uniquement)\b|仅限内部|内部使用|内部资料|不得外传"
)


def look(
    pieces: Iterable[Piece], figures: Iterable[SourcedFigure], vocabulary: Vocabulary
) -> Findings:
    """Return everything in a document that may not leave for the account of the vocabulary.

    >>> from keystead.governance.types.outbound import Other
    >>> known = Vocabulary(frozenset({1}), ("Anna Ltd",), (Other(2, ("Kangmei Pharmacy",), ()),))
    >>> found = look([Piece("slide 2", "As with ＫＡＮＧＭＥＩ  pharmacy")], [], known)
    >>> [(one.place, one.leak.value, one.found) for one in found.found]
    [('slide 2', 'other_account', 'kangmei pharmacy')]
    """
    search = _Search(vocabulary)
    found: list[Finding] = [
        _finding("", Leak.NO_APPROVAL, sentence) for sentence in vocabulary.missing
    ]
    for figure in figures:
        found += _figure(figure, vocabulary)
    for piece in pieces:
        found += search.piece(piece)
    return Findings(tuple(dict.fromkeys(found)))


def check_release(
    findings: Findings, *, reason: str, by: int | None, made_by: int | None, lifts: bool = False
) -> None:
    """Raise Conflict for what may not be let out by this person, Invalid without a reason.

    What is found for review is let out with a reason by another person than who made it (R-24);
    what is blocked by such a person only where they lift blocks (``lifts``: compliance).
    """
    if findings.clean:
        return
    if findings.blocked and not lifts:
        raise Conflict(
            "Something in it is blocked. Take it out and look again, or ask compliance.",
            code="outbound_blocked",
        )
    if len(reason.strip()) < LEAST_REASON:
        text = "Say in a sentence why it may leave as it is."
        raise Invalid(text, code="outbound_reason", fields={"reason": text})
    if by is not None and by == made_by:
        raise Conflict(
            "What is found in it is released by another person than who made it.",
            code="outbound_own",
        )


class _Search:
    """The vocabulary, made ready once for all pieces."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.accounts, self.private, self.campaigns = Names(), Names(), Names()
        self.people, self.opinions = Names(), Names()
        own = [way for name in vocabulary.own for way in (words_of(name), *telling(name))]
        for other in vocabulary.others:
            for name in other.names:
                ways = [way for way in telling(name) if way not in own]
                self.accounts.add(ways, other.account_id)
            for code in other.codes:
                ways = [way for way in code_words(code) if way not in own]
                self.accounts.add(ways, other.account_id)
        self.accounts.allow(own)
        for text in vocabulary.private:
            self.private.add(sentences(text), 0)
        for text in vocabulary.opinions:
            self.opinions.add(sentences(text), 0)
        for name in vocabulary.people:
            self.people.add(_called(name), 0)
        for name in vocabulary.unapproved:
            self.campaigns.add(telling(name), 0)
        phrases = vocabulary.phrases or PRICE_CONTROL_PHRASES
        self.phrases = [(phrase, _edged(phrase)) for phrase in phrases]
        self.judged = [(word, words_of(word)) for word in dict.fromkeys(_JUDGED)]

    def piece(self, piece: Piece) -> list[Finding]:
        text, place = piece.text, piece.place
        found = [
            Finding(place, Leak.OTHER_ACCOUNT, SEVERITY[Leak.OTHER_ACCOUNT], shown, key)
            for key, shown in self.accounts.find(text)
        ]
        found += [_finding(place, Leak.PRIVATE, shown) for _k, shown in self.private.find(text)]
        found += [_finding(place, Leak.OPINION, shown) for _k, shown in self.opinions.find(text)]
        found += [_finding(place, Leak.CAMPAIGN, shown) for _k, shown in self.campaigns.find(text)]
        marked = _MARKED.search(fold(text))
        if marked:
            found.append(_finding(place, Leak.INSIDE, marked[0]))
        glued = _glued(text)
        for phrase, wanted in self.phrases:
            if wanted in glued:
                found.append(_finding(place, Leak.PRICE_CONTROL, phrase))
                break
        return found + self._judgements(place, text)

    def _judgements(self, place: str, text: str) -> list[Finding]:
        people = self.people.find(text)
        if not people:
            return []
        words = words_of(text)
        for _key, name in people:
            for at in _places(words, words_of(name)):
                near = words[max(0, at - NEAR) : at + NEAR + len(words_of(name))]
                for judged, way in self.judged:
                    if _places(near, way):
                        said = f"{name}: {judged}"
                        return [Finding(place, Leak.OPINION, Severity.REVIEW, said)]
        return []


def _called(name: str) -> list[tuple[str, ...]]:
    """Return how a person is called: by the whole name, and by a Latin family name."""
    words = words_of(name)
    alone = len(words) > 1 and len(words[-1]) >= LEAST_FAMILY
    return [words, words[-1:]] if alone else [words] if words else []


def _places(words: tuple[str, ...], way: tuple[str, ...]) -> list[int]:
    return [at for at in range(len(words)) if way and words[at : at + len(way)] == way]


def _glued(text: str) -> str:
    """Return a text for phrases: words with one space between, none between Chinese signs."""
    words = words_of(text)
    joined = " ".join(words)
    return re.sub(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])", "", f" {joined} ")


def _edged(phrase: str) -> str:
    """Return a phrase as it is looked for: Latin words whole, Chinese ones anywhere."""
    glued = _glued(phrase).strip()
    east = re.compile(r"[\u3400-\u9fff]")
    first = "" if east.match(glued[0]) else " "
    return first + glued + ("" if east.match(glued[-1]) else " ")


def _figure(figure: SourcedFigure, vocabulary: Vocabulary) -> list[Finding]:
    found = []
    if figure.resale_price:
        found.append(_finding(figure.place, Leak.RESALE_PRICE, figure.text))
    foreign = not figure.known or figure.account_ids is None
    outside = (figure.account_ids or frozenset()) - vocabulary.own_ids
    if foreign or outside:
        account = min(outside) if outside else None
        found.append(
            Finding(figure.place, Leak.OTHER_FIGURE, SEVERITY[Leak.OTHER_FIGURE], figure.text,
                    account)
        )  # fmt: skip
    return found


def _finding(place: str, leak: Leak, found: str) -> Finding:
    return Finding(place, leak, SEVERITY[leak], found)
