"""What grew, by how much, and how sure that is: pure functions over readings.

Nothing here reads a clock, a file or a database. The standard library and NumPy are all it
imports, and a test holds it to that.
"""
