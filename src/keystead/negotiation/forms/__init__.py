"""Forms of the negotiation room."""
