"""The dialect of Voorbeeld Energie, a company that does not exist: its own words, its own shape."""
