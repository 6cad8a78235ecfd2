"""Which columns of a file hold personal data (rule R-18): nothing of them may be stored.

Strong names ("social-insurance card", "patient name", "diagnosis") are enough alone. Weak ones
("phone", "e-mail", "card no.") need values that agree. Values alone count where a check digit or
an unmistakable form speaks for them. Codes of products, orders and shops must not trip it: a
number of the right length is never enough.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date

from keystead.governance.types.personal_data import PersonalColumn, PersonalKind

_K = PersonalKind
_STRONG: tuple[tuple[PersonalKind, str], ...] = (
    (
        _K.ID_NUMBER,
        r"身份证|证件号|护照号|公民身份|national id|identity (card|number)|id card|passport|"
        r"\bssn\b|social security|securite sociale|\bnir\b|carte d identite|(n|num|numero) secu\b",
    ),
    (
        _K.CARD_NUMBER,
        r"社保卡|社会保障卡|医保卡|医疗卡|就诊卡|健康卡|银行卡|信用卡|会员卡号|carte vitale|"
        r"carte bancaire|(credit|bank|health|insurance|medical|patient|social) card|"
        r"(health|medical|social) insurance (no|number|id)\b",
    ),
    (
        _K.RECORD_NUMBER,
        r"病历号|病案号|住院号|门诊号|就诊号|医保号|医保编号|\bmrn\b|medical record|"
        r"patient (id|no|number|code|identifier|key)\b|(id|numero|code) (du )?patient|"
        r"dossier (medical|patient)|\bipp\b",
    ),
    (
        _K.PERSON_NAME,
        r"(患者|病人|就诊人|参保人|会员|收货人|收件人|买家)(的)?(姓名|名字|真实姓名)|"
        r"^(患者|病人|收货人|收件人|姓名)$|"
        r"patient (first |last |full |sur)?name|(first|last|full|sur) ?name of (the )?patient|"
        r"^(first|last|full|family|given) ?name$|^surname$|"
        r"nom (et prenom )?(du |de la )?patient|^prenom$",
    ),
    (
        _K.DIAGNOSIS,
        r"^诊断$|(临床|疾病|入院|出院|主要|门诊|西医|中医)诊断|诊断(名称|编码|结果)|病情|\bdiagnos[ie]s\b|"
        r"\bicd( ?(9|10|11))?( code)?$|^icd|diagnostic (principal|medical|du patient|associe)",
    ),
    (
        _K.BIRTH_DATE,
        r"出生(日期|年月|年月日)|患者(年龄|生日)|\bdate of birth\b|"
        r"^birth ?(date|day)$|^dob$|date de naissance",
    ),
    (
        _K.PRESCRIBER,
        r"(处方|开方|开单)(医生|医师)|(医生|医师)姓名|"
        r"^prescriber( name| id| no)?$|(doctor|physician) (name|id)\b|"
        r"^prescripteur|nom du (medecin|prescripteur)",
    ),
)
_WEAK: tuple[tuple[PersonalKind, str], ...] = (
    (_K.PHONE, r"手机|电话|phone|mobile|\btel\b|telephone|portable|\bcell\b|whatsapp"),
    (_K.EMAIL, r"邮箱|e ?mail|courriel|\bmel\b"),
    (_K.CARD_NUMBER, r"卡号|card (no|number|num)\b|numero de carte|\biban\b"),
    (
        _K.ADDRESS,
        r"(收货|家庭|住|详细)地址|住址|home address|street address|adresse (postale|du patient)",
    ),
    (_K.PERSON_NAME, r"^patients?$"),
)
# Columns that count people or sum payments name them too.
_COUNTED = re.compile(
    r"(患者|病人|会员)(数|人数|量|数量|占比)|number of|\bcounts?\b|nombre|\bnb\b|人次|\bshare\b|"
    r"金额|支付|收入|笔数|\b(amount|payment|sales|montant|paiement)s?\b"
)
_CODE_NAMES = re.compile(
    r"编码|编号|单号|货号|条码|批号|批次|料号|款号|商品|产品|店铺|\b(id|no|nr|num|number|code|sku|item|"
    r"product|order|invoice|gtin|ean|upc|barcode|batch|lot|doc|document|article|ref|reference|key)\b"
)
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_MAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[A-Za-z]{2,}$")
_CN_MOBILE = re.compile(r"^(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}$")
_PHONE = re.compile(r"^\+?\d[\d\s().-]{6,18}\d$")
_SSN = re.compile(r"^(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}$")
_STREET = re.compile(
    r"\d+\s*(?:号|弄|室|栋|单元|楼)|[路街巷村].*\d|\b\d+\b.*\b(?:street|st|road|rue|avenue|bd)\b",
    re.I,
)


def personal_data_columns(
    headers: Sequence[str], samples: Sequence[Sequence[str]]
) -> tuple[PersonalColumn, ...]:
    """Return the columns that look like personal data, in file order.

    ``samples``: for each column some of its values as text (a few hundred distinct ones are
    plenty); it may be shorter than ``headers``. A column without a header is judged by its
    values and named by its number.

    >>> personal_data_columns(["社保卡号", "商品编码"], [["C1"], ["236701"]])[0].kind.value
    'card_number'
    """
    found = []
    for index in range(max(len(headers), len(samples))):
        header = headers[index] if index < len(headers) else ""
        values = samples[index] if index < len(samples) else ()
        filled = [folded for value in values if (folded := _fold(value))]
        hit = _judge(_words(header), filled)
        if hit is not None:
            found.append(PersonalColumn(index, header.strip() or str(index + 1), *hit))
    return tuple(found)


def _judge(name: str, values: list[str]) -> tuple[PersonalKind, str] | None:  # noqa: PLR0911
    """Return (kind, reason) of a column, or None."""
    counted = bool(_COUNTED.search(name))
    if not counted:
        for kind, pattern in _STRONG:
            if re.search(pattern, name):
                return kind, "header"
        for kind, pattern in _WEAK:
            if re.search(pattern, name) and _agrees(kind, values):
                return kind, "header_and_values"
    for kind, test, share in _BY_VALUE:
        if _share(values, test) >= share and len(set(filter(test, values))) >= 2:
            return kind, "values"
    if _CODE_NAMES.search(name):
        return None
    mobiles = {value for value in values if _CN_MOBILE.match(value)}
    networks = {re.sub(r"\D", "", value)[-11:-8] for value in mobiles}
    if len(mobiles) >= 3 and len(networks) >= 3 and _share(values, _CN_MOBILE.match) >= 0.6:
        return _K.PHONE, "values"
    if len(set(values)) >= 5 and _share(values, _is_card) >= 0.9:
        return _K.CARD_NUMBER, "values"
    return None


def _agrees(kind: PersonalKind, values: list[str]) -> bool:
    """Say whether values fit a weak name; without values the name decides."""
    if not values:
        return True
    tests: dict[PersonalKind, Callable[[str], object]] = {
        _K.PHONE: lambda value: _PHONE.match(value) and 7 <= len(re.sub(r"\D", "", value)) <= 15,
        _K.EMAIL: _MAIL.match,
        _K.CARD_NUMBER: lambda value: (
            len(re.sub(r"\W", "", value)) >= 6 and any(map(str.isdigit, value))
        ),
        _K.ADDRESS: _STREET.search,
        _K.PERSON_NAME: lambda value: not any(map(str.isdigit, value)),
    }
    return _share(values, tests[kind]) >= 0.3


def _share(values: list[str], test: Callable[[str], object]) -> float:
    return sum(1 for value in values if test(value)) / len(values) if values else 0.0


def chinese_id_is_valid(text: str) -> bool:
    """Say whether a text is a Chinese identity number: birth date and check digit (GB 11643).

    >>> chinese_id_is_valid("11010519491231002X"), chinese_id_is_valid("110105194912310021")
    (True, False)
    """
    if len(text) != 18 or not text[:17].isdigit() or not text.isascii():
        return False
    try:
        born = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text[:17], _ID_WEIGHTS, strict=True))
    return born.year >= 1880 and text[17].upper() == "10X98765432"[total % 11]


def french_insurance_number_is_valid(text: str) -> bool:
    """Say whether a text is a French social-insurance number (NIR) with its key.

    >>> french_insurance_number_is_valid("2 55 08 14 168 025 38")
    True
    """
    plain = re.sub(r"\s", "", text).upper()
    number = plain[:13].replace("2A", "19", 1).replace("2B", "18", 1)
    if len(plain) != 15 or not (number + plain[13:]).isdigit() or plain[0] not in "123478":
        return False
    month = int(plain[3:5])
    return (1 <= month <= 12 or month >= 20) and 97 - int(number) % 97 == int(plain[13:])


def card_number_is_valid(text: str) -> bool:
    """Say whether a text is a payment card number: 15 to 19 digits that pass the Luhn check.

    >>> card_number_is_valid("4111 1111 1111 1111"), card_number_is_valid("4111111111111112")
    (True, False)
    """
    plain = re.sub(r"[ -]", "", text)
    if not (15 <= len(plain) <= 19 and plain.isdigit() and plain.isascii()) or len(set(plain)) < 2:
        return False
    total = 0
    for place, sign in enumerate(reversed(plain)):
        digit = int(sign) * (2 if place % 2 else 1)
        total += digit - 9 if digit > 9 else digit
    return total % 10 == 0


def _is_card(text: str) -> bool:
    return card_number_is_valid(text) and text[0] in "3456"


_BY_VALUE: tuple[tuple[PersonalKind, Callable[[str], object], float], ...] = (
    (_K.ID_NUMBER, chinese_id_is_valid, 0.3),
    (_K.ID_NUMBER, french_insurance_number_is_valid, 0.5),
    (_K.ID_NUMBER, _SSN.match, 0.6),
    (_K.EMAIL, _MAIL.match, 0.3),
)


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip() if text else ""


def _words(header: str) -> str:
    """Return a header in small plain letters with single blanks between its words."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", unicodedata.normalize("NFKC", header))
    plain = unicodedata.normalize("NFKD", spaced).casefold()
    kept = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join(re.sub(r"[\W_]+", " ", kept).split())
