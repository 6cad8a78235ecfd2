"""People in a table: columns recognised by their heads in English, Chinese and French."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from keystead.stakeholders.types import Draft, FileLine

HEADS: dict[str, frozenset[str]] = {
    "name": frozenset(
        "name|full name|contact|contact name|display name|nom complet|nom et prénom|prénom et nom"
        "|姓名|名字|联系人|联系人姓名".split("|")
    ),
    "family": frozenset(
        "last name|surname|family name|lastname|nom|nom de famille|姓|姓氏".split("|")
    ),
    "given": frozenset("first name|given name|firstname|prénom|prenom|名".split("|")),
    "title": frozenset(
        "title|salutation|prefix|name prefix|civilité|civilite|titre|称谓|尊称|称呼".split("|")
    ),
    "job_title": frozenset(
        "job title|job|position|function|role|fonction|poste|intitulé du poste|职务|职位|岗位"
        "|职称".split("|")
    ),
    "email": frozenset(
        "email|e-mail|mail|email address|e-mail address|e-mail 1 - value|courriel|adresse e-mail"
        "|adresse mail|adresse électronique|邮箱|电子邮件|电子邮箱|邮件|邮件地址".split("|")
    ),
    "phone": frozenset(
        "phone|telephone|phone number|business phone|work phone|mobile|mobile phone|phone 1 - value"
        "|téléphone|telephone professionnel|téléphone professionnel|tél|tel|portable"
        "|电话|手机|联系电话|手机号|电话号码|办公电话".split("|")
    ),
    "organisation": frozenset(
        "organisation|organization|company|institution|employer|hospital|organization name"
        "|société|entreprise|établissement|organisme|单位|公司|机构|医院|工作单位".split("|")
    ),
    "language": frozenset("language|langue|语言".split("|")),
}
HEADER_WITHIN = 20
_KEYS = {word: key for key, words in HEADS.items() for word in words}


def people_of(rows: Sequence[tuple[int, Sequence[str]]]) -> tuple[FileLine, ...] | None:
    """Return the people of a table; None when no line near its top names a column of names.

    ``rows``: (number, cells). Blank rows are no people; a row without a name has the problem
    ``nameless``. Where two columns mean the same, the first that is filled counts.

    >>> people_of([(1, ("姓", "名", "邮箱")), (2, ("王", "小明", "w@x.cn"))])[0].draft.name
    '王小明'
    """
    for at, (_number, cells) in enumerate(rows[:HEADER_WITHIN]):
        places = [(_KEYS.get(_head(cell)), place) for place, cell in enumerate(cells)]
        known = [(key, place) for key, place in places if key is not None]
        if {"name", "family", "given"} & {key for key, _place in known} and len(known) > 1:
            return tuple(
                _line(number, _values(cells, known))
                for number, cells in rows[at + 1 :]
                if any(cell.strip() for cell in cells)
            )
    return None


def named(family: str, given: str) -> str:
    """Return a name of two parts in the order of its language.

    >>> named("王", "小明"), named("Dupont", "Hélène")
    ('王小明', 'Hélène Dupont')
    """
    letters = [char for char in family + given if not char.isspace()]
    if family and given and all("\u3040" <= char <= "\ud7af" for char in letters):
        return f"{family}{given}"
    return f"{given} {family}".strip()


def _head(cell: str) -> str:
    words = unicodedata.normalize("NFKC", cell).casefold().replace("_", " ").strip("*: ")
    return " ".join(words.split())


def _values(cells: Sequence[str], known: Sequence[tuple[str, int]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, place in known:
        value = " ".join(cells[place].split()) if place < len(cells) else ""
        if value:
            found.setdefault(key, value)
    return found


def _line(number: int, values: dict[str, str]) -> FileLine:
    family, given = values.pop("family", ""), values.pop("given", "")
    if "name" not in values:
        values["name"] = named(family, given)
    draft = Draft(**values)
    return FileLine(number, draft, "" if draft.name else "nameless")
