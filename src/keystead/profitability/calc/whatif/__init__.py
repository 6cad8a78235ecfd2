"""What an offer may cost: draws sorted once, any schedule re-priced exactly.

Amounts here are expectations over thousands of draws and so plain floats; what a contract pays
is worked out in exact decimals by ``agreements.calc``.
"""
