"""Writes the letter template that ships with the room negotiation; run it after a change here.

It is a plain Word document with placeholders: a company may take it as the start of its own.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from docx import Document
from docx.shared import Mm, Pt

from keystead.kit.office.word import add_page_number, saved

TARGET = Path("src/keystead/negotiation/templates/negotiation/letter.docx")
LINES = ("greeting", "opening", "fee_table", "method", "figures", "closing", "sender")


def main() -> None:
    made = Document()
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(25)
    section.top_margin = section.bottom_margin = Mm(25)
    style = made.styles["Normal"]
    style.font.name, style.font.size = "Calibri", Pt(11)
    made.add_paragraph("{{ member }}")
    day = made.add_paragraph("{{ date }}")
    day.paragraph_format.space_after = Pt(24)
    title = made.add_paragraph().add_run("{{ title }}")
    title.bold, title.font.size = True, Pt(14)
    for name in LINES:
        paragraph = made.add_paragraph(f"{{{{ {name} }}}}")
        paragraph.paragraph_format.space_after = Pt(10)
    foot = section.footer.paragraphs[0]
    foot.add_run("{{ consortium }}   ").font.size = Pt(8)
    add_page_number(foot)
    TARGET.write_bytes(saved(made, "Letter", date(2026, 1, 1)))


if __name__ == "__main__":
    main()
