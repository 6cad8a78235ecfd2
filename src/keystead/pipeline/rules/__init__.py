"""Pure decisions of the pipeline room."""
