"""Pure numbers of the room: definitions, the compiler, time, series, proof ids."""
