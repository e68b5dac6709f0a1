"""What servers send, read without belief and with a bound on everything."""
