"""Ready files with which a scheduler starts the night, and a file of the night to begin with; see `README.md` beside them."""
