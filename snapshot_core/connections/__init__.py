"""What platforms ask for before they answer: tokens, kept encrypted, and patience, shared by all.

`cipher` keeps secrets, `tokens` keeps and renews what an account is read with, `pace` spreads
the calls of every process over the minute a platform counts in, and `platforms` hands it all to a
source that reads an account.
"""
