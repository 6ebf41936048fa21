"""The demo: the Barnet night of 2014 in the terminal and as a page."""
