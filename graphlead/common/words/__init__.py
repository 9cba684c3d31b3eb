"""Words with a meaning: legal forms, stopwords, headers, countries, places. The data stands beside the modules."""
