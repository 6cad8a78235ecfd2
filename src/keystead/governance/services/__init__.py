"""Use-cases of governance that write."""
