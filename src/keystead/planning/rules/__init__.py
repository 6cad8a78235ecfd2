"""Pure decisions of the room: what a line needs, what a complete plan has, what may follow."""
