"""What every domain is made of; knows no domain and no Flask request."""
