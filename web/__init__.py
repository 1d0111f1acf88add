"""What stands in front of Streamlit: its files served faster, ours, and who may ask for them."""
