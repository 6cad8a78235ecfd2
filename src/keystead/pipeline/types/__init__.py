"""What the pipeline room hands out: frozen values, no Django."""
