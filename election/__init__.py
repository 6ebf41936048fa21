"""The rules of a council's count: pure functions over declared facts, without clock or I/O."""
