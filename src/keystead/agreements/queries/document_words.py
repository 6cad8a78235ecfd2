"""The words of documents in the reader's language."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

DOCUMENT_KINDS: Final = {
    "proof_of_service": _("Proof of service"),
    "signed_copy": _("Signed copy"),
    "fair_value": _("Fair-value note"),
    "data_report": _("Data report"),
    "correspondence": _("Correspondence"),
    "other": _("Something else"),
}
