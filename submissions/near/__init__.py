"""Finding entries that resemble each other: plain texts and numbers in, plain values out.

Only ``querysets`` knows a database, and says who may see what was found.
"""
