"""The semantic model: what tables, columns and words mean (`segue.yaml`)."""
