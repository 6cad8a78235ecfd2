"""Documents that hang on an agreement, a version of it, or one of its conditions."""

from __future__ import annotations

import dataclasses
import enum
from datetime import datetime

from keystead.kernel.periods import Period


class DocumentKind(enum.StrEnum):
    """What a document shows. Only a proof of service opens the payment of a fee (R-09)."""

    SIGNED_COPY = "signed_copy"
    PROOF_OF_SERVICE = "proof_of_service"
    FAIR_VALUE = "fair_value"
    DATA_REPORT = "data_report"
    CORRESPONDENCE = "correspondence"
    OTHER = "other"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file that somebody attaches: what it is and what it belongs to."""

    content: bytes = dataclasses.field(repr=False)
    name: str
    kind: DocumentKind
    condition: str = ""
    version_number: int | None = None
    period: Period | None = None
    note: str = ""


@dataclasses.dataclass(frozen=True)
class Document:
    """A file as it came, known by its hash. Never deleted: withdrawn, with a reason.

    ``condition`` empty: of the whole agreement; ``version_number`` None: of all its versions;
    ``period`` None: for its whole life.
    """

    id: int
    agreement_id: int
    kind: DocumentKind
    name: str
    sha256: str
    size_bytes: int
    added_at: datetime
    added_by: str
    version_number: int | None = None
    condition: str = ""
    period: Period | None = None
    note: str = ""
    withdrawn_at: datetime | None = None
    withdrawn_by: str = ""
    withdrawn_reason: str = ""
    version: int = 1

    @property
    def holds(self) -> bool:
        return self.withdrawn_at is None
