"""The checker of certificates, which knows nothing of livecount."""
