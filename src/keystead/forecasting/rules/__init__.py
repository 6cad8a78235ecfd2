"""Pure decisions of the room: who writes which layer, when, and what keeps a cycle from locking."""
