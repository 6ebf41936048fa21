"""Pages by which people say something, each what their role lets them: results, and decisions."""
