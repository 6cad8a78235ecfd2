"""Places are kept in stable words, taken apart again, and told in the reader's language."""

from __future__ import annotations

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from keystead.kit.office.place_words import _WORDS, place_words
from keystead.kit.office.places import WRITTEN, Part, parts_of, stable

NAMED = [kind for kind, written in WRITTEN.items() if "“" in written]
COUNTED = [kind for kind, written in WRITTEN.items() if written.endswith("{}")]
part = st.one_of(
    st.builds(Part, st.sampled_from(COUNTED), st.integers(1, 9999).map(str)),
    st.builds(Part, st.sampled_from(NAMED), st.text("abé 张,.!1", min_size=1).map(str.strip)),
    st.just(Part("cell", "AB12")),
    st.just(Part("document")),
)


@given(st.lists(part, min_size=1, max_size=4))
def test_what_was_written_is_taken_apart_again(parts: list[Part]) -> None:
    written = ", ".join(stable(one.kind, one.name) for one in parts)
    assert list(parts_of(written)) == parts


def test_every_kind_has_words() -> None:
    assert set(_WORDS) == set(WRITTEN)


@pytest.mark.parametrize(
    ("place", "french", "chinese"),
    [
        ("slide 3", "diapositive 3", "第 3 张幻灯片"),
        ("sheet 2!C5", "feuille 2, cellule C5", "第 2 个工作表，单元格 C5"),
        ("sheet “Bud!get”, cell B4", "feuille « Bud!get », cellule B4",
         "工作表“Bud!get”，单元格 B4"),
        ("slide 4, table “Movers, net”, row 2, column 3",
         "diapositive 4, tableau « Movers, net », ligne 2, colonne 3",
         "第 4 张幻灯片，表格“Movers, net”，第 2 行，第 3 列"),
        ("slide 4, chart “Sell-in”, JD, May", "diapositive 4, graphique « Sell-in », JD, May",
         "第 4 张幻灯片，图表“Sell-in”，JD，May"),
        ("workbook of chart 1, sheet 1!B2", "classeur du graphique 1, feuille 1, cellule B2",
         "图表 1 的工作簿，第 1 个工作表，单元格 B2"),
        ("attachment a b.txt, line 2", "pièce jointe a b.txt, ligne 2", "附件 a b.txt，第 2 行"),
        ("$.a[0].who", "$.a[0].who", "$.a[0].who"),
        ("ppt/unknown/thing9.xml", "ppt/unknown/thing9.xml", "ppt/unknown/thing9.xml"),
        ("comment", "commentaire", "批注"),
        ("", "tout le document", "整个文件"),
    ],
)  # fmt: skip
def test_places_in_the_language_of_the_reader(place: str, french: str, chinese: str) -> None:
    for language, words in (("fr", french), ("zh-hans", chinese)):
        with override(language):
            assert place_words(place) == words
