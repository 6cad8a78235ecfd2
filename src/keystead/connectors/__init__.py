"""Other systems and standards: one small slice each, pushing into the services of the rooms."""
