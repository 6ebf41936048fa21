"""The same job on each engine, as its documentation teaches it. Each module is a process."""
