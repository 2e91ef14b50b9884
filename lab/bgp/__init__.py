"""The BGP speakers on AWS's side of every virtual interface."""
