"""Tables and the statements on them. The outermost caller owns the transaction."""
