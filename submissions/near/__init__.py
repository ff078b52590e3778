"""Finding entries that resemble each other: plain texts and numbers in, plain values out, no database."""
