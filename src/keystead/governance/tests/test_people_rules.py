"""Pure decisions, by their examples."""

import doctest

import pytest

from keystead.governance.rules import people as rules
from keystead.kernel.errors import Invalid


def test_examples_in_docstrings() -> None:
    assert doctest.testmod(rules).failed == 0


@pytest.mark.parametrize("roles", [[], ["boss"], ["kam", "boss"]])
def test_unknown_or_no_roles_are_refused(roles: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        rules.checked_roles(roles, ["viewer", "kam"])
    assert refused.value.code == "unknown_role"


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(Invalid):
        rules.checked_language("de")
