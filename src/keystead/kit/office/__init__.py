"""Office files out: workbooks and CSV whose numbers stay numbers and whose text stays text."""

from keystead.kit.office.sheets import Column, Sheet, plain_text, to_csv, workbook

__all__ = ["Column", "Sheet", "plain_text", "to_csv", "workbook"]
