"""Pure decisions of the catalog room."""

from keystead.catalog.rules.codes import (
    clean_code,
    code_key,
    gtin_spellings,
    is_atc,
    is_gtin,
    is_issn,
)
from keystead.catalog.rules.fields import clean_product
from keystead.catalog.rules.parts import makes_a_loop

__all__ = [
    "clean_code",
    "clean_product",
    "code_key",
    "gtin_spellings",
    "is_atc",
    "is_gtin",
    "is_issn",
    "makes_a_loop",
]
