"""Passwords that leaked elsewhere are found in the published list without reading it whole."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from keystead.kit.access.passwords import BreachedValidator, is_listed


def _hash(password: str) -> str:
    return hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


def _list_of(folder: Path, passwords: set[str], end: str = "\r\n") -> Path:
    path = folder / "leaked.txt"
    lines = [f"{one}:{place + 1}" for place, one in enumerate(sorted(map(_hash, passwords)))]
    path.write_bytes(end.join(lines).encode())
    return path


@given(listed=st.sets(st.text(max_size=6), max_size=40), other=st.text(max_size=6))
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_search_finds_what_is_there_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, end: str, listed: set[str], other: str
) -> None:
    path = _list_of(tmp_path_factory.mktemp("list"), listed, end)
    assert all(is_listed(path, one) for one in listed)
    assert is_listed(path, other) is (other in listed)


def test_a_leaked_password_is_refused_and_another_one_passes(tmp_path: Path) -> None:
    path = _list_of(tmp_path, {"correct horse battery staple", "trustno1"})
    with override_settings(KEYSTEAD_BREACHED_PASSWORDS=str(path)):
        with pytest.raises(ValidationError, match="list of leaked ones"):
            BreachedValidator().validate("correct horse battery staple")
        BreachedValidator().validate("three little boats at noon")


def test_without_a_list_nothing_is_looked_up() -> None:
    BreachedValidator().validate("correct horse battery staple")
