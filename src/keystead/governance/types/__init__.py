"""What governance shares with other rooms."""
