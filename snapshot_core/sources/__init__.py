"""The sources, behind one contract: a source lists an account, and says how well.

Adding one is a module or a folder beside this file and its line in `registry`. Its settings, its
texts and what it asks of the product are declared there (see `contract.Source`); ``tests/sources``
holds it to the contract and wants one fixture for that.
"""
