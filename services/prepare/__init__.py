"""Preparing: public sources joined into the files of a night, and what is still to be done."""
