"""The processes of livecount: ways in, aggregation, notification, the ticker and rehearsal."""
