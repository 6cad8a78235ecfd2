"""Pages and panels of the catalog room."""
