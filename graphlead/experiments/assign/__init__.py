"""A list dealt into arms by lot, with what the experiment can show."""
