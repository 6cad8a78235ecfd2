"""Rules of the reviews room."""
