"""Why a case has its probability, in words."""
