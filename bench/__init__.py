"""Speed, measured against a baseline in the same run; ratios mean something, single figures do not."""
