"""Pure numbers of the pipeline room."""
