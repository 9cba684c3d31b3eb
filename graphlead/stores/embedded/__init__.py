"""The embedded store: LadybugDB, a file in the folder of a run."""
