"""Records of one company under several numbers of the register, found by name and place."""
