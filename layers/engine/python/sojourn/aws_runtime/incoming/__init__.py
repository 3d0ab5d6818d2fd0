"""What comes in from the bus and through queues: events, batches, what nobody can read."""
