"""The sources, behind one small contract: a source lists an account, and says how well.

Adding one is a file beside this one, a line in `registry.SOURCES` and a fixture for the
contract suite in ``tests/sources``.
"""
