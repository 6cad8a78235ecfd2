"""A quiz as people write it: a question, then its answers, the right one marked with a plus.

What do you do with a competitor's price list?
- Use it in the next talk
+ Refuse it and tell compliance
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from keystead.governance.types.acknowledgements import Question
from keystead.kernel.errors import Invalid

RIGHT, WRONG = "+", "-"
MOST: Final = 20
_MINUSES = str.maketrans("–—−＋－", "---+-")


def written(quiz: tuple[Question, ...], language: str) -> str:
    """Return the quiz of one language as it is typed; ``read`` gives it back."""
    blocks = []
    for question in quiz:
        lines = [_word(question.text, language)]
        lines += [
            f"{RIGHT if place == question.right else WRONG} {_word(choice, language)}"
            for place, choice in enumerate(question.choices)
        ]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def read(typed: Mapping[str, str]) -> tuple[Question, ...]:
    """Return the quiz typed in each language; Invalid (``data['language']``) where it is not one.

    Every language has the same questions in the same order, the same number of answers, and the
    right one in the same place. Empty in all languages: no quiz.
    """
    parsed = {language: _questions(text, language) for language, text in typed.items()}
    first, *others = parsed
    for language in others:
        if len(parsed[language]) != len(parsed[first]):
            raise _wrong(language, "Each language needs the same questions.")
        for place, (mine, theirs) in enumerate(zip(parsed[first], parsed[language], strict=True)):
            if len(mine[1]) != len(theirs[1]) or mine[2] != theirs[2]:
                raise _wrong(
                    language,
                    "Question {place} differs from the other languages in its answers.",
                    place + 1,
                )
    return tuple(
        Question(
            {language: parsed[language][place][0] for language in parsed},
            tuple(
                {language: parsed[language][place][1][choice] for language in parsed}
                for choice in range(len(question[1]))
            ),
            question[2],
        )
        for place, question in enumerate(parsed[first])
    )


def _questions(text: str, language: str) -> list[tuple[str, list[str], int]]:
    found: list[tuple[str, list[str], list[int]]] = []
    for raw in text.replace("\r", "").split("\n"):
        line = raw.strip()
        if not line:
            continue
        mark = line[0].translate(_MINUSES)
        if mark not in (RIGHT, WRONG):
            found.append((line, [], []))
            continue
        if not found:
            raise _wrong(language, "Begin with a question; answers come after it.")
        if mark == RIGHT:
            found[-1][2].append(len(found[-1][1]))
        found[-1][1].append(line[1:].strip())
    if len(found) > MOST:
        raise _wrong(language, "At most {place} questions.", MOST)
    for place, (_question, choices, right) in enumerate(found):
        if len(choices) < 2 or not all(choices):
            raise _wrong(language, "Question {place} needs two answers or more.", place + 1)
        if len(right) != 1:
            raise _wrong(language, "Question {place} needs one right answer, with a +.", place + 1)
    return [(question, choices, right[0]) for question, choices, right in found]


def _wrong(language: str, sentence: str, place: int = 0) -> Invalid:
    return Invalid(sentence, code="quiz_text", language=language, place=place)


def _word(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")
