"""Asynchronous combinators over chunks; they own no sockets."""
