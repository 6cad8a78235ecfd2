"""Packages: the exact front, the zone of agreement, named points, offers of equal value."""
