"""Pure numbers of the room."""
