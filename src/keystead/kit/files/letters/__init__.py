"""Contact cards, invitations and mails, read in the capped child: ``reader.read_letter``."""
