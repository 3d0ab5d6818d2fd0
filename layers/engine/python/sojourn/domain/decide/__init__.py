"""What the engine decides, as pure functions: who enters, which way, whether to send now, later or not at all."""
