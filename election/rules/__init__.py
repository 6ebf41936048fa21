"""The arithmetic of votes and seats: results, margins, majorities and what is certain."""
