"""``python -m graphlead``: the command line."""

from graphlead.cli.app import program

program()
