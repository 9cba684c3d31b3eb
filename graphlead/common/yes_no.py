"""The words that exports write for yes and for no, in lower case."""

from __future__ import annotations

YES = ("true", "t", "yes", "y", "1", "ja", "oui", "si", "sí", "sim", "on", "1.0", "wahr", "vrai")
NO = ("false", "f", "no", "n", "0", "nein", "non", "não", "off", "0.0", "falsch", "faux")
