"""What the gateway is about: persons, creditors, grounds, legs, claims and terms.

No technique lives here. No file, socket, clock, randomness or log: time and ids are arguments.
Every other package may import this one; this one imports none of them.
"""
