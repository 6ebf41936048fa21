"""What every service stands on: settings, clients, logs, metrics and the local stack."""
