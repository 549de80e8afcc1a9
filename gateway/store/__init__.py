"""PostgreSQL: one module per aggregate, each SQL constant right above the function that runs it.

Also the embedded server that demo, tests and development run on. asyncpg appears here only.
"""
