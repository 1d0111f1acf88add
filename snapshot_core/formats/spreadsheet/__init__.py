"""Tables in the files people have: CSV, xlsx, or a zip of them."""
