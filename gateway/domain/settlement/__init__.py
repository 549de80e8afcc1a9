"""Settlement: what is offered to creditors, how it is calculated, and what they answer.

`vocabulary` holds the terms, `proposal`, `conclusion` and `status` what is said between helper and
creditor. How an offer is calculated stands beside them.
"""
