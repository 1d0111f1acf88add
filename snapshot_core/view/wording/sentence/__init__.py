"""The line of plain words that a page begins with: what happened, and what made it.

Facts only, and silent rather than vague: what is not known is not mentioned.
"""
