package consent

// Ending is the ledger with other readable ends.
func (l Ledger) Ending(ends map[string]int64) Ledger { l.ends = ends; return l }
