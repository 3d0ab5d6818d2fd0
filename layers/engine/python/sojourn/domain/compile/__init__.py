"""From a journey to the state machine that runs it, and to what entering it needs."""
