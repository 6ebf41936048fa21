"""`livecount declare`: sends events of files to Kafka, and says what each of them changes."""
