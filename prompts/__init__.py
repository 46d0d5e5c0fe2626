"""Every text that a chat model is told."""
