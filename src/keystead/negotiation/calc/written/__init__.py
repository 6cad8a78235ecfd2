"""JSON bodies read into types, with the place of every fault; types written as plain JSON."""
