"""Pure numbers of the room: progress, versions, the whitespace grid, segments."""
