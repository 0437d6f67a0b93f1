"""What a good plan is: the records, the rules and the mathematics."""
