"""The demo: a synthetic world made from a fixed seed, and the command that opens it."""
