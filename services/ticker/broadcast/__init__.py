"""The clients connected to a stream, and what is sent to all of them."""
