"""The plan language and its compiler: typed questions in, one Ibis expression out."""
