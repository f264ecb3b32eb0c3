"""What keeps the service: accounts and tokens, migrations, verification."""
