"""The fuzzer: whatever the schemas take, at their bounds and combined, through everything."""
