"""What is done to earned amounts before they are paid."""
