"""Text to segments, code blocks and JSON values, incrementally and without loss."""
