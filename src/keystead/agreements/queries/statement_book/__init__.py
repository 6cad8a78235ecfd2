"""The statement as a workbook that calculates: lines, terms, calculation, summary."""

from keystead.agreements.queries.statement_book.book import statement_workbook

__all__ = ["statement_workbook"]
