package app

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/channel/voice/media"
	"github.com/freeline-org/freeline/internal/channel/voice/sdp"
	"github.com/freeline-org/freeline/internal/channel/voice/trunk"
	"github.com/freeline-org/freeline/internal/config"
)

// checking is how long the telephone is tried.
const checking = 3 * time.Second

// CheckVoice tries the telephone that the settings describe: whether sound passes both ways
// between two of its own ports, whether its addresses can be taken, and whether somebody
// answers where its trunks are. Nobody is called, and no account is signed in.
func CheckVoice(ctx context.Context, c config.Config) []config.Finding {
	if !c.Voice.On() {
		return nil
	}
	cfg, err := VoiceOf(c)
	if err != nil {
		return []config.Finding{{
			Grade: config.Refuse, Setting: "voice", What: "the settings do not make a telephone", Why: "Calls would not be answered.", Do: "See the other findings.",
		}}
	}
	ctx, cancel := context.WithTimeout(ctx, checking)
	defer cancel()
	var all []config.Finding
	if !soundPasses(ctx, cfg.Sound) {
		all = append(all, config.Finding{
			Grade: config.Refuse, Setting: "voice.sound_ports", What: "no sound passes between two of these ports of this machine",
			Why: "Callers and advocates would not hear each other.", Do: "See that the address is this machine's, that the ports are free, and that no firewall closes them.",
		})
	}
	for i := range cfg.Trunk.Trunks {
		cfg.Trunk.Trunks[i].Register = false // the running line's own sign-in stays
	}
	return append(all, trunksAnswer(ctx, cfg.Trunk)...)
}

// soundPasses reports whether two legs hear each other.
func soundPasses(ctx context.Context, c media.Config) bool {
	a, err := media.Open(c)
	if err != nil {
		return false
	}
	defer a.Close()
	b, err := media.Open(c)
	if err != nil {
		return false
	}
	defer b.Close()
	heard := make(chan float64, 2)
	for leg, other := range map[*media.RTP]*media.RTP{a: b, b: a} {
		at := other.Addr().Addr().Unmap()
		if at.IsUnspecified() {
			at = netip.AddrFrom4([4]byte{127, 0, 0, 1})
		}
		m, err := sdp.Offer(sdp.Ours{Addr: netip.AddrPortFrom(at, other.Port()), Dir: sdp.SendRecv})
		if err != nil || leg.Peer(m) != nil {
			return false
		}
		hz := map[bool]float64{true: 440, false: 770}[leg == a]
		leg.Hear(func(p media.Packet) {
			f := make([]int16, len(p.Payload))
			p.Codec.Decode(f, p.Payload)
			if audio.Goertzel(f, 1210-hz) > -20 {
				select {
				case heard <- hz:
				default:
				}
			}
		})
		stop := playFor(ctx, leg, hz)
		defer stop()
	}
	got := map[float64]bool{}
	for len(got) < 2 {
		select {
		case hz := <-heard:
			got[hz] = true
		case <-ctx.Done():
			return false
		}
	}
	return true
}

func playFor(ctx context.Context, leg media.Leg, hz float64) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { // ends by stop, which waits for it
		defer close(done)
		media.Play(ctx, leg, audio.NewTone(0, -12, hz))
	}()
	return func() {
		cancel()
		<-done
	}
}

// trunksAnswer tells which addresses cannot be taken, and which trunks nobody answers for.
func trunksAnswer(ctx context.Context, c trunk.Config) (all []config.Finding) {
	s, err := trunk.New(c, func(context.Context, *trunk.Dialog) {}, slog.New(slog.DiscardHandler))
	if err != nil {
		return []config.Finding{{
			Grade: config.Warn, Setting: "voice.sip_listen", What: "an address cannot be taken", Why: "Calls could not come.",
			Do: "If the line runs, this is it, and all is well; else see which program has the address, and whether it is this machine's.",
		}}
	}
	_ = s.Run(ctx)
	for i, h := range s.Health() {
		if h.Code != trunk.Network && h.Code != trunk.Declined {
			continue
		}
		all = append(all, config.Finding{
			Grade: config.Warn, Setting: fmt.Sprintf("voice.trunk[%d].targets", i+1), What: "nobody answers there", Why: "Calls would not go out, and may not come in.",
			Do: "See that name and port are right, and ask the company whether it knows this machine's address.",
		})
	}
	return all
}
