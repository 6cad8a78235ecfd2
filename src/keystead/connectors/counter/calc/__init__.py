"""Pure reading, writing and arithmetic of COUNTER reports: no Django, no files, no network."""
