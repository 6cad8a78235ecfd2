"""What the writer of slides is made of: measuring, flowing, drawing, masters, traces."""
