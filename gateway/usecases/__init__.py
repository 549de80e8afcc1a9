"""The shell: pure steps in a fixed order around transactions, and the workers that repeat them."""
