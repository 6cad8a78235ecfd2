"""SQLite as Django's backend has it, with a queue before the one place where one may write."""
