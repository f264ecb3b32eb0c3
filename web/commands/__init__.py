"""Everything that changes what is stored, one function a deed; without Flask."""
