"""What stands behind the links in messages: clicks, opens, ways out."""
