"""The commands that work on captures, one module each: its flags, and what it does with them."""
