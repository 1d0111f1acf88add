"""What pages share: controls, figures (a view in, a figure out), and the wording of states."""
