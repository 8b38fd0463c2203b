"""Who: organisations, people, memberships with roles, sign-in sessions and API keys."""
