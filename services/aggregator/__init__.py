"""The Faust application that turns declarations into totals and alerts."""
