"""What is decided about organisations from what they did: what is asked of them, how they score, how they leave."""
