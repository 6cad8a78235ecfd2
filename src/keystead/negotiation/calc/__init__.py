"""Pure numbers: fee allocation, price rules, fronts, votes, the buyer's model."""
