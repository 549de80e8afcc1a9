"""The practice world: its own keys, simulated creditors as real servers, and the demo story.

Practice never meets production: every message and every key made here says that it is practice.
"""
