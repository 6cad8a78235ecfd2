"""Writes the contract template that ships with the room agreements; run it after a change here.

It is a plain Word document with placeholders: a company may take it as the start of its own.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt, RGBColor

from keystead.kit.office.word import add_page_number, saved

TARGET = Path("src/keystead/agreements/templates/agreements/contract.docx")
PARTS = (
    ("heading_parties", "parties"), ("heading_conditions", "conditions"),
    ("heading_terms", "terms_table"), ("heading_whole", "whole_agreement"),
    ("heading_clauses", "clauses"), ("heading_signatures", "signatures"),
)  # fmt: skip
MUTED = RGBColor(0x5F, 0x5B, 0x53)


def main() -> None:
    made = Document()
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(22)
    section.top_margin = section.bottom_margin = Mm(20)
    style = made.styles["Normal"]
    style.font.name, style.font.size = "Calibri", Pt(10.5)
    head = section.header.paragraphs[0]
    head.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _run(head, "{{ number }}  {{ state }}", 8, muted=True)
    title = made.add_paragraph()
    title.paragraph_format.space_after = Pt(2)
    _run(title, "{{ title }}", 20, bold=True)
    _run(made.add_paragraph(), "{{ kind }}, {{ period }}", 11, muted=True)
    for heading, block in PARTS:
        paragraph = made.add_paragraph()
        paragraph.paragraph_format.space_before = Pt(16)
        paragraph.paragraph_format.keep_with_next = True
        _run(paragraph, f"{{{{ {heading} }}}}", 13, bold=True)
        made.add_paragraph(f"{{{{ {block} }}}}")
    foot = section.footer.paragraphs[0]
    _run(foot, "{{ supplier }} – {{ customer }}   ", 8, muted=True)
    add_page_number(foot)
    TARGET.write_bytes(saved(made, "Contract", date(2026, 1, 1)))


def _run(paragraph, text, size, *, bold=False, muted=False):
    run = paragraph.add_run(text)
    run.font.size, run.bold = Pt(size), bold or None
    if muted:
        run.font.color.rgb = MUTED


if __name__ == "__main__":
    main()
