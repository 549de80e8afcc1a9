"""What travels: bytes in, values out, values in, bytes out.

XML reading and writing, schemas, signatures and certificate policy. Everything here is pure: no
socket, file, clock, randomness or logger; what varies is an argument.
"""
