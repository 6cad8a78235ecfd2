"""Running Keystead for a company: back up, restore, look after it."""
