"""Company names reduced to what two spellings of one name share."""

from __future__ import annotations

LEGAL = (
    "llc|l l c|inc|incorporated|corp|corporation|co|company|ltd|limited|lp|l p|llp|plc|gmbh|mbh|ag|kg|se|sa|s a|sas"
    "|sarl|srl|s r l|spa|s p a|bv|b v|nv|n v|ab|as|a s|asa|oy|oyj|aps|pty|pvt|private|sl|s l|kft|zrt|doo"
    "|d o o|sp z o o|sro|s r o|ooo|pjsc|jsc"
)


def normal_name(name: str) -> str:
    """SQL for a name in lower case without accents, punctuation and legal form ("" when nothing remains)."""
    words = f"trim(regexp_replace(strip_accents(lower({name})), '[^\\p{{L}}\\p{{N}}]+', ' ', 'g'))"
    bare = f"regexp_replace({words}, '( ({LEGAL}))+$', '')"
    return f"regexp_replace({bare}, '^the ', '')"
