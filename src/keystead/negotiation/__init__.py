"""Negotiations: fees shared over a consortium, packages, both sides' value, the buyer's model."""
