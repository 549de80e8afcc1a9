"""Dialects: one folder per vocabulary that creditors speak, each a value that the gateway reads.

An adapter sees the domain, the contract in gateway.ports.creditor and the XML helpers of
gateway.wire.xml, and nothing else.
"""
