"""Secrets at rest: what Keystead must be able to read again is stored sealed, never in the clear.

The key comes from the secret key of the installation (kept beside the data, or given by the
environment) and from what the secret is for. Passwords and tokens are only hashed, elsewhere.
"""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from keystead.kernel.errors import Invalid

MARK = "sealed:"


def seal(text: str, *, purpose: str) -> str:
    """Return the text encrypted and signed for one purpose; twice the same gives two results."""
    return MARK + _box(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, *, purpose: str) -> str:
    """Return the text again.

    Raises Invalid when it was changed, sealed for something else, or under a key that is gone.
    """
    if not sealed.startswith(MARK):
        raise Invalid("This secret is not sealed.", code="not_sealed")
    try:
        return _box(purpose).decrypt(sealed.removeprefix(MARK).encode()).decode()
    except InvalidToken as error:
        raise Invalid(
            "A stored secret cannot be read with the present key.",
            code="sealed_by_another_key",
            hint="Give the former key back in KEYSTEAD_SECRET_KEY_FORMER.",
        ) from error


def _box(purpose: str) -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key(key, purpose)) for key in keys])


def _key(secret: str, purpose: str) -> bytes:
    derived = HKDF(SHA256(), 32, salt=b"keystead.kit.secrets", info=purpose.encode())
    return base64.urlsafe_b64encode(derived.derive(secret.encode()))
