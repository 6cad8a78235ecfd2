"""All that crosses the walls of the negotiation room."""
