"""What customers buy next: from purchases and the content of items to ranked items."""
