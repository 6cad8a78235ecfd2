"""The synthetic world, as pure values: people, accounts, products, and the files they send.

Every name and figure is invented. The same seed gives the same bytes.
"""
