"""Data, semantic model, engine and every analysis. Prints nothing; knows no user interface."""
