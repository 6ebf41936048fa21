"""What schemathesis is taught about the services' media types."""

import schemathesis

# One event on a line is JSON lines.
schemathesis.serializer.alias("application/x-ndjson", "application/json")
