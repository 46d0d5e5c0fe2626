"""`segue chat`: the terminal conversation."""
