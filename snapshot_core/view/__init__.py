"""What people and programs are shown, computed once as plain frozen values.

A page draws a view, the API and the command line serialise it: they cannot disagree.
"""
