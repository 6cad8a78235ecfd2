"""Pure mathematics of agreements: values or Arrow in, values out; all money in Decimal."""
