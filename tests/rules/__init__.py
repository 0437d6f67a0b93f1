"""One file per rule: what it demands, by hand."""
