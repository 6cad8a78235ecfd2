"""Documents that were handed out, read in the capped child: ``reader.read_document``."""
