"""Widgets over the core's values: text views, tables, prompt. No network."""
