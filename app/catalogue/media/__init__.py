"""Documents and pictures of listings: looked into, drawn anew, in versions, served only while the reader sees them."""
