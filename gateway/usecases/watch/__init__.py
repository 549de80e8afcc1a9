"""What happens by itself: the workers, the terms, the sequencer."""
