"""Stored splits: worked out, compared, turned into invoices; and held against a contract."""
