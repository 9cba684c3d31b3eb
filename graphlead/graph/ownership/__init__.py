"""Who owns whom: stakes, groups, control, effective shares."""
