"""The second stage of the count: councils' totals into national totals and milestones."""
