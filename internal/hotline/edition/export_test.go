package edition

// Digest is what a sign-off of these words names them by.
func Digest(body string) string { return digest(body) }
