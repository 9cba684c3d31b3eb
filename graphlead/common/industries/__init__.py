"""The titles of industry codes, in English, with their sources and licences in README.md beside this file."""
