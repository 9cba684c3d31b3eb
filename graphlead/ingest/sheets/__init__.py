"""Workbooks (.xlsx, .xlsm, .xlsb, .xls, .ods): one sheet to a Parquet file with the rows' numbers as Excel has them."""
