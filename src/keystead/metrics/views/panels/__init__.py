"""The account page's panels: one file each, all drawn from sections."""
