"""The demo: the count of Barnet in 2014, shown in the terminal and as a page."""
