"""Forms of the pipeline room."""
