"""What failed tonight, as the newsroom's desk sees it."""
