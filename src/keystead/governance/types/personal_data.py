"""What the guard against personal data says of a column (R-18)."""

from __future__ import annotations

import dataclasses
import enum


class PersonalKind(enum.StrEnum):
    """What a column seems to hold about a person."""

    ID_NUMBER = "id_number"
    CARD_NUMBER = "card_number"
    RECORD_NUMBER = "record_number"
    PHONE = "phone"
    EMAIL = "email"
    PERSON_NAME = "person_name"
    BIRTH_DATE = "birth_date"
    ADDRESS = "address"
    DIAGNOSIS = "diagnosis"
    PRESCRIBER = "prescriber"


@dataclasses.dataclass(frozen=True)
class PersonalColumn:
    """A column that may not be stored. ``reason``: header, values, or header_and_values."""

    index: int
    column: str
    kind: PersonalKind
    reason: str
