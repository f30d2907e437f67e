package media

// Bridge joins two legs: each packet that one hears is sent by the other, at once and
// as it came, with nothing kept between. Stop it before either is given to somebody
// else to hear.
func Bridge(a, b Leg) (stop func()) {
	a.Hear(b.Send)
	b.Hear(a.Send)
	return func() {
		a.Hear(nil)
		b.Hear(nil)
	}
}
