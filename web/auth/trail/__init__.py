"""The trail of access: who looked and who was given which right, as a chain that the signed head covers."""
