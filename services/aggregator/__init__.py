"""From declarations to totals and alerts: decode, fold, publish, commit. See `worker`."""
