"""Safe reading of files people send: ``reader.read_source``; DuckDB behind one door: ``duck``."""
