"""``make bench``: how fast, how much memory, and against which floor. Figures, never a test that can fail."""
