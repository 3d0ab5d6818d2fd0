"""What a person writes, as frozen models: workspace, segments, journeys, messages, scenarios."""
