"""The nation: what the totals of councils come to together. Pure rules, no I/O."""
