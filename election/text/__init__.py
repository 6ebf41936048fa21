"""Every word that a reporter can print."""
