"""What the Wire screen knows of a run: where each frame lies among the bytes, what it is, what is odd about it."""
