"""What charts are drawn from: curves and bars of a gain."""
