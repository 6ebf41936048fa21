"""Pictures of calls, for those who share a page: 1,200 by 630 pixels, drawn from totals."""
