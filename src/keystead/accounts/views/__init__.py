"""Pages and panels of the accounts room."""
