"""`recommend` from end to end: from orders to what each customer is offered next."""
