"""Truegrowth's core: source -> capture -> store -> growth -> view.

It knows no Streamlit and no HTTP server. Pages, API and job all stand on it.
"""
