"""The examples in the docstrings are true."""

import doctest

import pytest

from keystead.kernel import exact, ids, money, periods, quantity, rates


@pytest.mark.parametrize(
    "module", [exact, money, quantity, periods, rates, ids], ids=lambda m: m.__name__
)
def test_examples(module):
    result = doctest.testmod(
        module, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE, verbose=False
    )
    assert result.attempted > 0
    assert result.failed == 0
