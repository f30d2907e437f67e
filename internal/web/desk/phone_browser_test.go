//go:build !race

package desk_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/channel/voice/media"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/staff"
	"github.com/freeline-org/freeline/internal/web/desk"
	"github.com/freeline-org/freeline/test/browser"
)

const hers, ours = 440, 770 // Hz: what the caller says, and the advocate

// microphone is a file in which one tone goes on and on.
func microphone(t *testing.T, hz float64) string {
	t.Helper()
	const rate, seconds = 48000, 2
	var b bytes.Buffer
	put := func(v any) { _ = binary.Write(&b, binary.LittleEndian, v) }
	b.WriteString("RIFF")
	put(uint32(36 + 2*rate*seconds))
	b.WriteString("WAVEfmt ")
	put([]uint32{16, 1<<16 | 1, rate, 2 * rate, 16<<16 | 2})
	b.WriteString("data")
	put(uint32(2 * rate * seconds))
	for i := range rate * seconds {
		put(int16(8000 * math.Sin(2*math.Pi*hz*float64(i)/rate)))
	}
	name := filepath.Join(t.TempDir(), "tone.wav")
	if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// raw lets the page's sound be measured: nothing takes a tone for noise, and the levels of both
// tones in what the page plays stand at its root.
const raw = `(() => {
	const Plain = RTCPeerConnection, ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
	navigator.mediaDevices.getUserMedia = ({ audio }) => ask({ audio: { ...audio, echoCancellation: false, noiseSuppression: false, autoGainControl: false } });
	window.RTCPeerConnection = class extends Plain {
		constructor(...a) {
			super(...a);
			this.addEventListener('track', ({ track }) => {
				const c = new AudioContext({ sampleRate: 48000 }), a = c.createAnalyser(), x = new Float32Array(a.fftSize = 8192);
				c.createMediaStreamSource(new MediaStream([track])).connect(a);
				const timer = setInterval(() => {
					if (this.connectionState === 'closed') return clearInterval(timer);
					a.getFloatTimeDomainData(x);
					document.documentElement.dataset.hears = JSON.stringify([440, 770].map((hz) => {
						let re = 0, im = 0;
						for (let i = 0; i < x.length; i++) {
							const w = 0.5 - 0.5 * Math.cos(2 * Math.PI * i / x.length), p = 2 * Math.PI * hz * i / 48000;
							re += w * x[i] * Math.cos(p);
							im += w * x[i] * Math.sin(p);
						}
						return Math.round(20 * Math.log10(4 * Math.hypot(re, im) / x.length + 1e-8));
					}));
				}, 100);
			});
		}
	};
})()`

// pageHears waits until the page plays the caller's tone, and not the advocate's own.
func (s *seat) pageHears() {
	s.t.Helper()
	s.Eval(`delete document.documentElement.dataset.hears`, nil)
	s.WaitTrue(`(([her, me]) => her > -20 && me < -40)(JSON.parse(document.documentElement.dataset.hears ?? '[-160, 0]'))`)
}

// far is the caller's end of a call.
type far struct {
	t    *testing.T
	mu   sync.Mutex
	took []byte
}

// joined puts the test in the caller's place: it says its tone and hears what comes.
func joined(t *testing.T, leg media.Leg) *far {
	t.Helper()
	f := &far{t: t}
	leg.Hear(func(p media.Packet) {
		f.mu.Lock()
		f.took = append(f.took, p.Payload...)
		f.mu.Unlock()
	})
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		media.Play(ctx, leg, audio.NewTone(0, -12, hers))
	}()
	t.Cleanup(func() {
		stop()
		<-done
		leg.Hear(nil)
	})
	return f
}

// hears waits until the caller hears the advocate, or silence, and never herself.
func (f *far) hears(advocate bool) {
	f.t.Helper()
	sound := make([]int16, audio.Rate/4)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for late := time.Now().Add(patience); ; <-tick.C {
		f.mu.Lock()
		enough := len(f.took) >= 2*len(sound)
		if enough {
			audio.PCMU.Decode(sound, f.took[len(f.took)-len(sound):])
			f.took = nil
		}
		f.mu.Unlock()
		if enough && (audio.Goertzel(sound, ours) > -24) == advocate && audio.Goertzel(sound, hers) < -40 {
			return
		}
		if time.Now().After(late) {
			f.t.Fatalf("the caller hears %.1f dB of the advocate, %.1f of herself; want the advocate: %v", audio.Goertzel(sound, ours), audio.Goertzel(sound, hers), advocate)
		}
	}
}

// begins is the test before the shift, up to the ring that was heard.
func (s *seat) begins() {
	s.t.Helper()
	s.Inside(raw)
	s.ClickText("Try my microphone")
	s.WaitText("Your microphone hears you.")
	s.WaitText("The line hears you too.")
}

// From the test of the microphone to the note of what came of it: a shift's first call, with sound
// both ways, in a browser on a true line.
func TestACallIsAnsweredInABrowser(t *testing.T) {
	l, b := rings(t, dbtest.New(t))
	ana := l.Hire(t, hotline.Advocate)
	l.Enter(t, staff.Away, ana)
	a := l.sit(t, ana, browser.Options{Capture: microphone(t, ours)})
	a.WaitText("Good to see you")
	a.begins()
	a.Shot("phone_test")
	browser.Axe(t, a.Page)
	browser.Reflow(t, a.Page)
	a.ClickText("It works, go on")
	a.ClickText("Play the ring")
	a.ClickText("Yes, I heard it")
	a.WaitGone("dialog")
	first := b.Telephone(ana.ID)
	if !first.Fresh {
		t.Fatal("no call may ring here")
	}
	f := joined(t, b.leg(t, ana.ID))
	f.hears(false) // the microphone is shut while nobody calls

	her := l.dials(t, ana)
	b.from(her.ID, "+15550100")
	l.Offer(t, her.ID, ana)
	a.WaitFor(".ring")
	a.Shot("phone_rings")
	a.Key("Alt+a")
	a.WaitText("Connecting you with her")
	if c := l.Find(t, her.ID); c.State != contact.Live || c.Advocate != ana.ID {
		t.Fatalf("it is %s with %s", c.State, c.Advocate)
	}
	b.begin(ana.ID, desk.PhoneCall{Contact: her.ID, How: desk.Talks, Answered: time.Now().UnixMilli(), Rang: 3 * time.Second, Quality: desk.Bad})
	a.WaitText("Her line is bad")
	f.hears(true)
	a.pageHears()
	a.Shot("phone_call")
	browser.Axe(t, a.Page)

	a.Key("F2")
	a.WaitText("You are muted")
	f.hears(false)
	a.Key("F2")
	a.WaitText("On the line")
	f.hears(true)
	a.Key("F4")
	a.WaitText("On hold")
	f.hears(false)
	a.Key("F4")
	f.hears(true)

	// What she allows is noted with her number, which is shown to whoever says why, until it is hidden.
	drawer := func(icon string) string { return ".phone .drop:has(summary use[href='#" + icon + "']) " }
	a.Click(drawer("undo") + "summary")
	a.Type(drawer("undo")+"[type=time]", "1000AM")
	a.Type(drawer("undo")+"[type=text]", "the dentist")
	a.ClickText("Keep her number for it")
	a.WaitText("Her number is kept for it.")
	a.WaitText("the dentist") // on the safety card
	a.Click(drawer("key") + "summary")
	a.Type(drawer("key")+"textarea", "the ambulance asks for it")
	a.Type(drawer("key")+"[inputmode=numeric]", l.Code(t, ana))
	a.Key("Enter")
	a.WaitText("+15550100")
	a.Shot("phone_number")
	browser.Axe(t, a.Page)
	a.WaitTrue(`document.activeElement?.textContent === 'Hide it'`)
	a.Key("Enter")
	a.WaitTrue(`!document.body.innerText.includes('15550100')`)
	a.Click(drawer("key") + "summary")

	// Wherever she looks, the call goes on, and stands above what she looks at.
	a.Key("Alt+t")
	a.WaitFor("#sits")
	a.WaitFor(".phone-strip .timer")
	f.hears(true)
	a.pageHears()
	a.Shot("phone_elsewhere")
	browser.Axe(t, a.Page)
	browser.Reflow(t, a.Page)
	a.ClickText("To the call")
	a.WaitFor(".phone.live")

	// A page that is loaded anew is her telephone again, by itself.
	a.Goto(a.url + desk.PagePath)
	a.Inside(raw)
	a.WaitText("Her line is bad")
	f.hears(true)
	if got := b.Telephone(ana.ID); got.Generation <= first.Generation {
		t.Errorf("after generation %d comes %d", first.Generation, got.Generation)
	}

	note := "#w-" + string(her.ID)
	a.Type(note, "a green door")
	a.Key("Enter")
	a.WaitTrue(`[...document.querySelectorAll('.chat .notes li span')].some((e) => e.textContent === 'a green door')`)
	a.Click(".phone summary:has(use[href='#keypad'])")
	a.ClickText("5")
	a.Key("9")
	a.Click(".phone .ending")
	a.ClickText("Stay")
	a.WaitTrue(`document.activeElement?.matches('.phone .ending')`)
	a.Key("Enter")
	a.ClickText("End now")
	a.WaitFor(".wrapup")
	a.WaitFor(drawer("key")) // kept until the contact is closed
	a.WaitText("Allowed: call")
	a.Shot("phone_after")
	f.hears(false)
	if got, want := b.done(), []string{"mute", "mute", "hold", "hold", "digit 5", "digit 9", "end"}; !slices.Equal(got, want) {
		t.Errorf("it did %q, want %q", got, want)
	}
}

// Her telephone in another window, and a microphone that may not be used: each is said, with what
// helps.
func TestATelephoneThatDoesNotRingSaysSo(t *testing.T) {
	l, b := rings(t, dbtest.New(t))
	ana := l.Hire(t, hotline.Advocate)
	l.Enter(t, staff.Away, ana)
	a := l.sit(t, ana, browser.Options{})
	a.WaitText("Good to see you")
	a.Inside(`(() => {
		window.ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
		navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'));
	})()`)
	a.ClickText("Try my microphone")
	a.WaitText("does not let the desk use the microphone")
	browser.Axe(t, a.Page)
	a.Inside(`navigator.mediaDevices.getUserMedia = window.ask`)
	a.ClickText("Try my microphone")
	a.WaitText("The line hears you too.")
	a.Click("dialog .btn.big") // in whichever words: the microphone may have been heard by then
	a.ClickText("Go on without sound")
	a.WaitGone("dialog")
	if _, _, err := b.Connect(t.Context(), ana.ID, sound); err != nil {
		t.Fatal(err)
	}
	a.WaitText("Your telephone is in another window.")
	a.Shot("phone_other")
	browser.Axe(t, a.Page)
	a.ClickText("Use it here")
	a.WaitGone(".phone-strip")
	b.until(t, "it rings here again", ana.ID, func(is desk.Telephone) bool { return is.Fresh })
	// A line that was lost is found again, and the sound with it.
	was := b.Telephone(ana.ID).Generation
	b.Disconnect(ana.ID, 0)
	b.until(t, "the telephone has come back", ana.ID, func(is desk.Telephone) bool { return is.Fresh && is.Generation > was })
	// A covered desk has no open telephone while nobody calls.
	a.Key("Alt+l")
	a.WaitText("The desk is covered")
	b.until(t, "the covered desk is none", ana.ID, func(is desk.Telephone) bool { return is.Generation == 0 })
}

// mics counts, at the page's root, the microphones that came and those that are open still. Each
// comes a moment after it was asked for, as where somebody is asked first.
const mics = `(() => {
	const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices), stop = MediaStreamTrack.prototype.stop;
	const open = new Set(), root = document.documentElement.dataset;
	let asked = 0, came = 0;
	const tell = () => { root.mics = asked + ' asked, ' + came + ' came, ' + open.size + ' open'; };
	MediaStreamTrack.prototype.stop = function () { stop.call(this); open.delete(this); tell(); };
	navigator.mediaDevices.getUserMedia = async (what) => {
		asked++;
		tell();
		if (!root.given) await new Promise((go) => new MutationObserver(() => root.given && go()).observe(document.documentElement, { attributes: true }));
		const stream = await ask(what);
		for (const track of stream.getTracks()) open.add(track);
		came++;
		tell();
		return stream;
	};
})()`

// A microphone that is not wanted any more is shut: when it comes after she has said no, when she
// leaves the test, and when her shift ends. One is asked for once.
func TestTheMicrophoneIsLetGo(t *testing.T) {
	l, b := rings(t, dbtest.New(t))
	ana := l.Hire(t, hotline.Advocate)
	l.Enter(t, staff.Away, ana)
	a := l.sit(t, ana, browser.Options{})
	gone := func(desk.Telephone) bool { return b.Telephone(ana.ID).Generation == 0 }
	are := func(want string) { t.Helper(); a.WaitTrue(`document.documentElement.dataset.mics === '` + want + `'`) }
	give := func() { a.Eval(`document.documentElement.dataset.given = 'yes'`, nil) }
	try := func() {
		t.Helper()
		a.Goto(a.url + desk.PagePath)
		a.WaitText("Good to see you")
		a.Inside(mics)
		give()
		a.ClickText("Try my microphone")
		a.WaitText("The line hears you too.")
	}
	a.WaitText("Good to see you")
	a.Inside(mics)
	a.ClickText("Try my microphone")
	are("1 asked, 0 came, 0 open")
	a.ClickText("No telephone today")
	give()
	are("1 asked, 1 came, 0 open")

	try()
	are("1 asked, 1 came, 1 open")
	a.Key("Escape")
	a.WaitGone("dialog")
	b.until(t, "who only looks has none", ana.ID, gone)
	are("1 asked, 1 came, 0 open")

	try()
	a.Click("dialog .btn.big")
	a.ClickText("Go on without sound")
	a.WaitGone("dialog")
	are("1 asked, 1 came, 1 open")
	b.until(t, "her shift has begun", ana.ID, func(desk.Telephone) bool {
		return l.Count(t, `SELECT count(*) FROM presence WHERE person = $1 AND state = $2`, ana.ID, staff.Ready) == 1
	})
	l.Enter(t, staff.Away, ana)
	b.until(t, "who has gone has none", ana.ID, gone)
	are("1 asked, 1 came, 0 open")
}

// The telephone for everybody: small, dark, turned round, by a supervisor's side.
func TestTheTelephoneIsForEverybody(t *testing.T) {
	for _, as := range []struct {
		name string
		o    browser.Options
	}{
		{"wide", browser.Options{}},
		{"pocket", browser.Options{Width: 390, Height: 844, Dark: true}},
		{"arabic", browser.Options{Lang: "ar", Dark: true}},
	} {
		t.Run(as.name, func(t *testing.T) {
			s, p := shift(t, as.o, func(s *script) {
				s.me.Phone = true
				s.held[0].Channel = "call"
				s.held[0].Notes = []desk.Note{{At: now(), By: "Amina", Text: "Third floor, green door."}}
			})
			call := desk.CallView{
				Contact: s.held[0].ID, How: "talks", Since: now() - 702000, Rang: 3000, Quality: "bad",
				Ears: []desk.EarView{{Name: "Tomás", How: "whispers"}}, Silent: true, Keys: "1125",
			}
			tell := func(f func(*desk.CallView)) func() {
				return func() {
					f(&call)
					s.all(desk.PhoneFrame{Generation: 1, Fresh: true, Quality: "clear", Calls: []desk.CallView{call}})
				}
			}
			beside := func() {
				if as.name == "pocket" {
					p.Click(".tabs button:nth-child(3)")
				}
				p.WaitFor(".phone.live")
			}
			judged(t, p, []view{
				{"call", func() {
					tell(func(*desk.CallView) {})()
					beside()
					p.WaitFor(".phone .bars")
					p.WaitFor(".pressed li:nth-child(4)")
					p.Shot("phone_" + as.name)
				}},
				{"keypad", func() { p.Click(".phone summary:has(use[href='#keypad'])"); p.WaitFor(".phone .pad") }},
				{"called back, held", func() {
					tell(func(c *desk.CallView) { c.Held = true })()
					p.WaitFor(".phone.held")
					p.Click(".phone summary:has(use[href='#undo'])")
					p.WaitFor(".phone .way")
					p.Shot("phone_back_" + as.name)
				}},
				{"number", func() {
					p.Click(".phone summary:has(use[href='#key'])")
					p.WaitFor(".phone [inputmode=numeric]")
					p.Shot("phone_reveal_" + as.name)
				}},
				{"ending", func() { p.Click(".phone .ending"); p.WaitFor(".phone .btn.end"); p.Shot("phone_ending_" + as.name) }},
				{"listening", func() {
					s.lose(func(s *script) {
						s.held[0].Mine, s.held[0].Advocate, s.me.Roles = false, "Wren", append(s.me.Roles, "supervisor")
					})
					s.all(desk.MeFrame{Me: s.me})
					s.all(desk.ContactFrame{Contact: bare(s.held[0])})
					tell(func(c *desk.CallView) { c.How, c.Held = "listens", false })()
					p.WaitFor(".phone .keys.three")
				}},
				{"elsewhere", func() {
					s.offer(desk.Offer{Kind: "relief", From: "Wren", Channel: "call", Lang: "es", Urgency: 3, Reason: "self", Why: []string{}, Since: now() - 600000, Until: now() + time.Hour.Milliseconds()})
					if as.name == "pocket" {
						p.Click(".tabs button:nth-child(1)")
					}
					p.WaitFor(".ring")
					p.Shot("phone_relief_" + as.name)
					p.Key("Alt+t")
					p.WaitFor(".phone-strip .timer")
					p.Shot("phone_strip_" + as.name)
				}},
			})
			if strings.Contains(p.Shown(), "⟦") {
				t.Error("a word is missing")
			}
		})
	}
}

// Nobody is asked "Still here?" while she listens.
func TestWhoListensIsThere(t *testing.T) {
	s, p := shift(t, browser.Options{}, func(s *script) {
		s.me.Phone = true
		s.me.Limits.Ask, s.me.Limits.Lock = 2500, 60000
		s.held[0].Channel = "call"
	})
	s.all(desk.PhoneFrame{Generation: 1, Calls: []desk.CallView{{Contact: s.held[0].ID, How: "talks", Since: now(), Quality: "clear", Ears: []desk.EarView{}}}})
	p.WaitFor(".phone.live")
	if said := p.Watch(4 * time.Second); strings.Contains(said, "Still here?") {
		t.Error("she was asked in a call")
	}
	s.all(desk.PhoneFrame{Generation: 1, Calls: []desk.CallView{}})
	p.WaitText("Still here?")
}

// Nobody without a telephone loads one.
func TestOnlyATelephoneLoadsATelephone(t *testing.T) {
	_, p := shift(t, browser.Options{})
	p.WaitTrue(`performance.getEntriesByType('resource').some((e) => e.name.includes('/far-'))`)
	for _, asked := range p.Requests() {
		if strings.Contains(asked.URL, "telephone-") || strings.Contains(asked.URL, "phone.css") {
			t.Errorf("%s was asked for", asked.URL)
		}
	}
}
