"""The JSON face: everything here is read from the lifecycles."""
