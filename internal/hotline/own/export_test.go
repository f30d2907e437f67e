package own

// Base is what a typed code's key is derived from.
func (t Typed) Base() []byte { return t.base }
