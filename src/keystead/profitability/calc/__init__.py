"""Pure numbers: bridges, waterfalls, statements, what-if."""
