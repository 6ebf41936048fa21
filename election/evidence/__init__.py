"""Evidence: whether what was said of a ballot or a council can be right, and what it adds."""
