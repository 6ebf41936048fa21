"""Takes declarations over HTTP and from files, and sends them to Kafka."""
