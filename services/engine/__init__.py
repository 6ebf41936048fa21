"""What both stages of the count need: Faust, positions that survive a crash, ends with a reason.

Only this package imports Faust.
"""
