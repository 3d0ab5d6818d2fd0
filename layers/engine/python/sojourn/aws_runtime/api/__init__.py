"""What programs call with a write key, over HTTP."""
