"""Dialects: what a JSON value of each API's stream means. One module an API; bytes and frames are not known here."""
