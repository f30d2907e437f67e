package emergency

import _ "embed"

//go:embed shipped/places.json
var shipped string

// Shipped is a table to begin with: three places of a town that is made up, with numbers
// that nobody answers. It is a draft, and no line has it in force until its operator has
// put its own places there.
func Shipped() string { return shipped }
