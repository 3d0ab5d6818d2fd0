"""The control API and the operations behind it: what changes a deployment while it runs."""
