"""The lists that a person opens, as workbooks: each with notes on its columns and on what its figures say."""
