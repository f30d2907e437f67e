package safety_test

import (
	"testing"

	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
	"github.com/freeline-org/freeline/internal/hotline/safety"
)

// Where a contact stands, and whether what is known of her is read and is the newest, no
// supervisor overrides; what she has said of times and ways she does.
func TestWhatNobodyOverrides(t *testing.T) {
	lines(t, func(t *testing.T, w *hotlinetest.World) {
		gate := safety.New(w.Zone)
		never := contact.Head{N: 2, Safety: contact.Safety{Ways: map[contact.Way]contact.Terms{contact.ByText: {May: contact.No}}}}
		older := never
		older.N = 1
		let := contact.Override{By: "sue", Reason: "the police are in front"}
		for name, c := range map[string]struct {
			state contact.State
			head  *contact.Head
			by    contact.Override
			want  error
		}{
			"nobody has read":                   {contact.Live, nil, contact.Override{}, safety.ErrUnread},
			"nobody has read, let go":           {contact.Live, nil, let, safety.ErrUnread},
			"another one stands since":          {contact.Live, &older, contact.Override{}, contact.ErrHead},
			"another one stands since, let go":  {contact.Live, &older, let, contact.ErrHead},
			"nobody has her, let go":            {contact.Waiting, &never, let, contact.ErrGate},
			"she sleeps, let go":                {contact.Sleeping, &never, let, contact.ErrGate},
			"it is over, let go":                {contact.Closed, &never, let, contact.ErrGate},
			"she has said never":                {contact.Live, &never, contact.Override{}, safety.ErrNever},
			"she has said never, and is let go": {contact.Live, &never, let, nil},
		} {
			row := contact.Contact{Channel: hotline.Text, State: c.state, HeadN: 2}
			must(t, w.Engine.Main.Read(t.Context(), func(tx db.Tx) error {
				if got := gate.Allow(tx, row, c.head, contact.Out{Way: contact.ByText, Override: c.by}); got != c.want { //nolint:errorlint // the rule itself
					t.Errorf("%s: got %v, want %v", name, got, c.want)
				}
				return nil
			}))
		}
	})
}
