"""Pure decisions of the import desk: recognise, map, match, find repeats and problems."""
