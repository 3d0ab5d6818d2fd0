"""What differs between two states of a workspace, for whoever decides whether the later one goes live."""
