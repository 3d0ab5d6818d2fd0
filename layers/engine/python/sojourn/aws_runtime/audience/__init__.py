"""Audiences on AWS: what is asked for, how it is cut into batches, what each batch does."""
