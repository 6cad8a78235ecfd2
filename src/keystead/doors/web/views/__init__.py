"""Pages of the web door."""
