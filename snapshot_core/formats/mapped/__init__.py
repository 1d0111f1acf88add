"""Any table of totals whose columns its owner maps to ours."""
