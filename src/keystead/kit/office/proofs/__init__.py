"""Reading files back: their parts, their cells, and what became of the figures in them."""
