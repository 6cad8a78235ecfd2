"""Pages of metrics: the catalogue, the proof, and the panels of an account."""
