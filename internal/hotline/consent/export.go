package consent

// Exported is one of what she has said, or of what went without her wish, as it leaves in
// an export: its terms and how it stands, nobody's words, and nobody's name but of whom it
// may go to.
type Exported struct {
	Kind    Kind    `json:"kind"`
	State   string  `json:"state"`
	Other   bool    `json:"for_another,omitempty"`
	What    []Scope `json:"what,omitempty"`
	To      string  `json:"to,omitempty"`
	Purpose Purpose `json:"purpose,omitempty"`
	How     How     `json:"how,omitempty"`
	Ground  string  `json:"ground,omitempty"`
	Given   int64   `json:"given"`
	Until   int64   `json:"until,omitempty"`
	Ended   int64   `json:"ended,omitempty"`
}

// Export gives those about one contact, the oldest first.
func (w Whole) Export(about string, now int64) (out []Exported) {
	for _, i := range w[about].Items() {
		out = append(out, Exported{
			Kind: i.Kind, State: w.State(about, i, now), Other: i.For != "", What: i.Terms.What, To: i.Terms.To, Purpose: i.Terms.Purpose,
			How: i.How, Ground: string(i.Ground), Given: i.At, Until: i.Until, Ended: i.Ended.At,
		})
	}
	return out
}
