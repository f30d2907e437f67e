package trunk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/freeline-org/freeline/internal/channel/voice/sdp"
	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// saved is all that another process needs to go on with a call.
type saved struct {
	Form     int // of this record
	ID       string
	Trunk    string
	From, To string
	Incoming bool
	Path     path
	Theirs   []byte
	Ours     []byte
	Version  uint64
	Seconds  int
	Refresh  bool
}

// skip is by how much the number of our requests jumps in another process: whatever
// the dead one sent after the record was written was less.
const skip = 10

// Saved returns all that another process needs to go on with the call, and nil while
// it does not run. It holds the caller's number and where she is: it is stored under a
// key or not at all, and goes with the call.
func (d *Dialog) Saved() []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.stage != confirmed {
		return nil
	}
	b, err := json.Marshal(saved{
		Form: 1, ID: d.id, Trunk: d.link.Name, From: d.from.Reveal(), To: d.to, Incoming: d.incoming, Path: d.path,
		Theirs: d.said, Ours: d.ours, Version: d.version, Seconds: d.session.seconds, Refresh: d.session.ours,
	})
	if err != nil {
		return nil
	}
	return b
}

// Restore goes on with a call that another process had, with a handler of its own. The
// handler says to the other end where the sound is wanted from here on, by
// [Dialog.Reinvite]. Until that, and for [settle] after Run has begun, what other ends
// send of calls that are not known waits. A record that cannot be read, or for which
// there is no room, is [ErrOver]; one of a trunk that is no more [ErrDown].
func (s *Service) Restore(ctx context.Context, record []byte, handle Handler) error {
	var r saved
	if json.Unmarshal(record, &r) != nil || r.Form != 1 || !sane(r.Path) {
		return fmt.Errorf("restore a call: %w", ErrOver) // the decoder's error quotes
	}
	i := slices.IndexFunc(s.links, func(l *link) bool { return l.Name == r.Trunk })
	if i < 0 {
		return fmt.Errorf("restore a call: %w", ErrDown)
	}
	d := newDialog(s, s.links[i])
	d.id, d.to, d.incoming, d.path, d.stage = r.ID, r.To, r.Incoming, r.Path, confirmed
	if r.From != "" {
		d.from = seal.Conceal(r.From)
	}
	d.path.Sent += skip
	d.said, d.ours, d.version = r.Theirs, r.Ours, r.Version+skip
	d.theirs, _ = sdp.Parse(r.Theirs)
	d.session.seconds, d.session.ours = r.Seconds, r.Refresh
	ctx, d.stop = context.WithCancel(context.WithoutCancel(ctx))
	if !s.enter(d) {
		d.stop()
		return fmt.Errorf("restore a call: %w", ErrOver)
	}
	d.mu.Lock()
	d.arm()
	d.mu.Unlock()
	if !s.start(func(context.Context) { d.run(ctx, handle) }) {
		d.over(Ended{By: Nobody})
		return fmt.Errorf("restore a call: %w", ErrOver)
	}
	return nil
}

// sane reports whether a path can be spoken along.
func sane(p path) bool {
	for _, w := range []string{p.CallID, p.Local.URI, p.Local.Tag, p.Remote.URI, p.Remote.Tag, p.Target, p.Source, p.Transport} {
		if w == "" || strings.ContainsAny(w, "\r\n") {
			return false
		}
	}
	return true
}
