"""What an offer is worth, and how it stands beside peers."""
