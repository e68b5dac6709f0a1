"""What screens are made of; bound to state, knowing no work."""
