"""The face on the core for programs: HTTP and JSON. It asks for views and serialises them."""
