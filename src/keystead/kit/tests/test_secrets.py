"""Secrets at rest: unreadable without the key, bound to what they are for."""

from __future__ import annotations

import pytest

from keystead.kernel.errors import Invalid
from keystead.kit.secrets import seal, unseal


def test_what_is_sealed_comes_back_and_does_not_show() -> None:
    sealed = seal("JBSW Y3DP", purpose="a")
    assert "JBSW" not in sealed
    assert seal("JBSW Y3DP", purpose="a") != sealed
    assert unseal(sealed, purpose="a") == "JBSW Y3DP"


def test_another_purpose_or_a_changed_byte_opens_nothing() -> None:
    sealed = seal("secret", purpose="a")
    for bad, purpose in ((sealed, "b"), (sealed[:-6] + "AAAAA=", "a"), ("secret", "a")):
        with pytest.raises(Invalid):
            unseal(bad, purpose=purpose)


def test_a_new_key_still_reads_what_the_former_sealed(settings) -> None:
    sealed = seal("secret", purpose="a")
    settings.SECRET_KEY, former = "n" * 50, settings.SECRET_KEY
    with pytest.raises(Invalid, match="present key"):
        unseal(sealed, purpose="a")
    settings.SECRET_KEY_FALLBACKS = [former]
    assert unseal(sealed, purpose="a") == "secret"
