"""A finished night as files: written, checked, and made into a log again."""
