"""An account in one file: written for the person who takes it over, opened to read only."""
