"""The law of the journey language: one rule a file, each with its page."""
