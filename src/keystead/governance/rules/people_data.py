"""The register of data about people, and how a text is freed of somebody's names."""

from __future__ import annotations

import re
from typing import Any

from keystead.governance.types.people_data import RegisterEntry

REGISTER: tuple[RegisterEntry, ...] = (
    RegisterEntry(
        key="users",
        whose={"en": "Users", "zh-hans": "用户", "fr": "Utilisateurs"},
        what={
            "en": "Name, user name, mail address, roles, manager, language, devices, sessions",
            "zh-hans": "姓名、用户名、邮箱、角色、上级、语言、设备、会话",
            "fr": "Nom, identifiant, adresse mail, rôles, responsable, langue, appareils, sessions",
        },
        purpose={
            "en": "Access and rights, notices about one's own work",
            "zh-hans": "访问与权限、与本人工作有关的通知",
            "fr": "Accès et droits, avis sur son propre travail",
        },
        basis={
            "en": "GDPR art. 6(1)(b) and (f); PIPL art. 13(2): performance of the work contract",
            "zh-hans": "《个人信息保护法》第十三条第（二）项：履行劳动合同所必需；"
            "GDPR 第6条第1款(b)、(f)项",
            "fr": "RGPD art. 6(1)(b) et (f) ; PIPL art. 13(2) : exécution du contrat de travail",
        },
        retention_months=12,
    ),
    RegisterEntry(
        key="trail",
        whose={"en": "Users", "zh-hans": "用户", "fr": "Utilisateurs"},
        what={
            "en": "Who did what and when, with what was written",
            "zh-hans": "何人何时做了何事及其内容",
            "fr": "Qui a fait quoi et quand, et ce qui fut écrit",
        },
        purpose={
            "en": "Evidence of approvals, figures and access",
            "zh-hans": "审批、数据和访问的证据",
            "fr": "Preuve des approbations, des chiffres et des accès",
        },
        basis={
            "en": "GDPR art. 6(1)(c) and (f); PIPL art. 13(3): duty to keep records. The name is "
            "replaced by a pseudonym, the act stays",
            "zh-hans": "《个人信息保护法》第十三条第（三）项：履行法定记录义务；"
            "GDPR 第6条第1款(c)、(f)项。姓名以化名代替，行为记录保留",
            "fr": "RGPD art. 6(1)(c) et (f) ; PIPL art. 13(3) : obligation de conserver. Le nom "
            "est remplacé par un pseudonyme, l'acte reste",
        },
        retention_months=12,
    ),
    RegisterEntry(
        key="contacts",
        whose={"en": "Contacts at accounts", "zh-hans": "客户联系人", "fr": "Contacts des comptes"},
        what={
            "en": "Name, work, business mail and phone, role in decisions, talks, our opinion of "
            "power, interest and stance, answers to our surveys (once erased, the figures stay "
            "without the name)",
            "zh-hans": "姓名、职务、工作邮箱与电话、决策角色、沟通记录、"
            "我方对影响力、关注度和态度的看法、对我方调查的回答（删除后仅保留不含姓名的数值）",
            "fr": "Nom, fonction, mail et téléphone professionnels, rôle dans les décisions, "
            "échanges, notre avis sur pouvoir, intérêt et position, réponses à nos enquêtes "
            "(après effacement, les chiffres restent sans le nom)",
        },
        purpose={
            "en": "Looking after business relations",
            "zh-hans": "维护业务关系",
            "fr": "Suivi des relations professionnelles",
        },
        basis={
            "en": "As written with each person: GDPR art. 6(1)(f), (b), (a) or (c); PIPL art. 13",
            "zh-hans": "按每人记录：《个人信息保护法》第十三条；"
            "GDPR 第6条第1款(f)、(b)、(a)或(c)项",
            "fr": "Selon chaque fiche : RGPD art. 6(1)(f), (b), (a) ou (c) ; PIPL art. 13",
        },
        retention_months=36,
    ),
)
# Values of these fields, in acts about a person, tell of that person and nothing else.
PERSONAL_FIELDS = frozenset({"username", "name", "email", "address", "browser", "label"})


def freed(
    value: Any,
    names: dict[str, str],
    *,
    about: bool = False,
    fields: frozenset[str] = PERSONAL_FIELDS,
) -> Any:
    """Return JSON-able data without somebody's names, each replaced wherever it stands as a word.

    ``names`` maps a name to its pseudonym; "lin" in "Berlin" is no name. ``about``: the act was
    about the person, whose own ``fields`` are left out.

    >>> freed({"note": "ask Lin Wei", "city": "Berlin", "by": "lin"}, {"lin": "X", "Lin Wei": "X"})
    {'note': 'ask X', 'city': 'Berlin', 'by': 'X'}
    """
    if isinstance(value, dict):
        kept = {key: item for key, item in value.items()
                if not (about and key in fields)}  # fmt: skip
        return {key: freed(item, names, about=about, fields=fields) for key, item in kept.items()}
    if isinstance(value, list):
        return [freed(item, names, about=about, fields=fields) for item in value]
    if not isinstance(value, str):
        return value
    for name in sorted(names, key=len, reverse=True):
        if name in value:
            value = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", names[name], value)
    return value
