"""Checks of a run: expectations in words, what a run answers to them, and two runs side by side. Sans-IO."""
