"""Results and alerts in the forms that others read: agencies, registers, feed readers."""
