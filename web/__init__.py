"""The ASGI layer around Streamlit: static files, security headers and access guards."""
