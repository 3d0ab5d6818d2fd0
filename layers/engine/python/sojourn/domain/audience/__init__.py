"""The rows of an audience: what a file of customers says, line by line. Pure: text in, records out."""
