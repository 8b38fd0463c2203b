"""What happens in the demo park, one module per domain; every story is told by actions of its people."""
