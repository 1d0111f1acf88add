"""Settings: how they are read and checked, and the installation's secret key."""
