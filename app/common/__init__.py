"""What more than one screen stands on: keys, bars, pickers, the session and its models."""
