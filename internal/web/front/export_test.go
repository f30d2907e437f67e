package front

// Seen lists the columns that a caller is told of.
func Seen() (all []string) {
	for _, s := range seen() {
		all = append(all, s.columns...)
	}
	return all
}
