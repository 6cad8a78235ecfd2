"""Use-cases of the connector that read files, write facts, or call a provider."""
