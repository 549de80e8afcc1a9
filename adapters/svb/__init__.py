"""The dialect svb (schuldeisersberichten): our own open message set, in the words of the SKP."""
