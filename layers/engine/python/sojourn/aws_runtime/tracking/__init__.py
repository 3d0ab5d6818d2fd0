"""The tracking API: calls of Segment's clients, checked and put on the bus."""
