"""What a customer is given to configure his router with."""
