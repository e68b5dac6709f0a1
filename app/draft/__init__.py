"""The main screen: stubs, the draft of the one in front, and what the user does with it."""
