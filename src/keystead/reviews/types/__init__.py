"""What crosses rooms, and what the rules and calculations of this room work on."""
