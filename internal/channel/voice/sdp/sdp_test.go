package sdp_test

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
	"github.com/freeline-org/freeline/internal/channel/voice/sdp"
)

// lines makes a description of lines.
func lines(l ...string) []byte { return []byte(strings.Join(l, "\r\n") + "\r\n") }

var head = []string{"v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "c=IN IP4 192.0.2.1", "t=0 0"}

func with(l ...string) []byte { return lines(append(append([]string{}, head...), l...)...) }

var shown = cmp.Options{
	cmpopts.IgnoreUnexported(sdp.Media{}), cmpopts.EquateComparable(netip.AddrPort{}), cmpopts.EquateEmpty(),
}

const key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd" // 0 to 29

func wantKey() (k sdp.Key) {
	for i := range k {
		k[i] = byte(i)
	}
	return k
}

func TestOffersOfTrunks(t *testing.T) {
	plain := sdp.Media{
		Addr: netip.MustParseAddrPort("192.0.2.1:4000"), RTCP: netip.MustParseAddrPort("192.0.2.1:4001"),
		Codecs: []audio.Codec{audio.PCMA, audio.PCMU}, Event: 101, Dir: sdp.SendRecv, Ptime: 20,
	}
	change := func(f func(*sdp.Media)) sdp.Media {
		m := plain
		f(&m)
		return m
	}
	for name, c := range map[string]struct {
		in   []byte
		want sdp.Media
		err  error
	}{
		"as everybody does": {in: with("m=audio 4000 RTP/AVP 8 0 101", "a=rtpmap:101 telephone-event/8000"), want: plain},
		"line feeds alone, and blank lines": {
			in:   []byte(strings.ReplaceAll(string(with("m=audio 4000 RTP/AVP 8 0 101", "", "a=rtpmap:101 TELEPHONE-EVENT/8000/1 ")), "\r", "")),
			want: plain,
		},
		"a codec of ours among others": {
			in:   with("m=audio 4000 RTP/AVP 9 18 0 96 98", "a=rtpmap:96 opus/48000/2", "a=rtpmap:98 telephone-event/48000"),
			want: change(func(m *sdp.Media) { m.Codecs, m.Event = []audio.Codec{audio.PCMU}, sdp.NoEvent }),
		},
		"no event is not payload type 0": {
			in: with("m=audio 4000 RTP/AVP 0"), want: change(func(m *sdp.Media) { m.Codecs, m.Event = []audio.Codec{audio.PCMU}, sdp.NoEvent }),
		},
		"an event of that type is none": {
			in:   with("m=audio 4000 RTP/AVP 8 0", "a=rtpmap:0 telephone-event/8000"),
			want: change(func(m *sdp.Media) { m.Codecs, m.Event = []audio.Codec{audio.PCMA}, sdp.NoEvent }),
		},
		"another address for the stream, and a port count": {
			in: with("m=audio 4000/1 RTP/AVP 8", "c=IN IP4 192.0.2.9/127"),
			want: change(func(m *sdp.Media) {
				m.Addr, m.RTCP = netip.MustParseAddrPort("192.0.2.9:4000"), netip.MustParseAddrPort("192.0.2.9:4001")
				m.Codecs, m.Event = []audio.Codec{audio.PCMA}, sdp.NoEvent
			}),
		},
		"IPv6": {
			in: lines("v=0", "o=- 1 1 IN IP6 2001:db8::1", "s=-", "c=IN IP6 2001:db8::1", "t=0 0", "m=audio 4000 RTP/AVP 8 0 101", "a=rtpmap:101 telephone-event/8000"),
			want: change(func(m *sdp.Media) {
				m.Addr, m.RTCP = netip.MustParseAddrPort("[2001:db8::1]:4000"), netip.MustParseAddrPort("[2001:db8::1]:4001")
			}),
		},
		"held, for the session": {
			in:   with("a=sendonly", "m=audio 4000 RTP/AVP 8 0 101", "a=rtpmap:101 telephone-event/8000"),
			want: change(func(m *sdp.Media) { m.Dir = sdp.SendOnly }),
		},
		"held in the old way": {
			in: with("m=audio 4000 RTP/AVP 8 0 101", "c=IN IP4 0.0.0.0", "a=rtpmap:101 telephone-event/8000"),
			want: change(func(m *sdp.Media) {
				m.Dir, m.Addr, m.RTCP = sdp.SendOnly, netip.MustParseAddrPort("0.0.0.0:4000"), netip.MustParseAddrPort("0.0.0.0:4001")
			}),
		},
		"packets of 30 ms, RTCP elsewhere": {
			in:   with("m=audio 4000 RTP/AVP 8 0 101", "a=rtpmap:101 telephone-event/8000", "a=ptime:30", "a=rtcp:5001 IN IP4 192.0.2.1"),
			want: change(func(m *sdp.Media) { m.Ptime, m.RTCP = 30, netip.MustParseAddrPort("192.0.2.1:5001") }),
		},
		"encrypted": {
			in: with("m=audio 4000 RTP/SAVP 8 0 101", "a=rtpmap:101 telephone-event/8000",
				"a=crypto:1 AES_CM_256_HMAC_SHA1_80 inline:"+key, "a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:"+key+"|2^20",
				"a=crypto:3 AES_CM_128_HMAC_SHA1_80 inline:"+key+"|2^20|1:4", "a=crypto:4 AES_CM_128_HMAC_SHA1_80 inline:"+key+" UNENCRYPTED_SRTP"),
			want: change(func(m *sdp.Media) { m.Secure, m.Crypto = true, []sdp.Crypto{{Tag: 2, Key: wantKey()}} }),
		},
		"encrypted, or else not": {
			in:   with("m=audio 4000 RTP/AVP 0", "m=audio 4000 RTP/SAVP 8 0 101", "a=rtpmap:101 telephone-event/8000", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:"+key),
			want: change(func(m *sdp.Media) { m.Secure, m.Crypto = true, []sdp.Crypto{{Tag: 1, Key: wantKey()}} }),
		},
		"encrypted by a kind that we do not have": {
			in: with("m=audio 4000 RTP/SAVP 8", "a=crypto:1 AES_CM_128_HMAC_SHA1_32 inline:"+key), err: sdp.ErrUnacceptable,
		},
		"a browser":             {in: with("m=audio 4000 UDP/TLS/RTP/SAVPF 0"), err: sdp.ErrUnacceptable},
		"no codec of ours":      {in: with("m=audio 4000 RTP/AVP 9 18"), err: sdp.ErrUnacceptable},
		"switched off":          {in: with("m=audio 0 RTP/AVP 0"), err: sdp.ErrUnacceptable},
		"a picture alone":       {in: with("m=video 4000 RTP/AVP 31"), err: sdp.ErrUnacceptable},
		"a name for a place":    {in: lines("v=0", "c=IN IP4 caller.example.org", "m=audio 4000 RTP/AVP 0"), err: sdp.ErrUnacceptable},
		"to a whole group":      {in: lines("v=0", "c=IN IP4 224.2.1.1/127", "m=audio 4000 RTP/AVP 0"), err: sdp.ErrUnacceptable},
		"no place":              {in: lines("v=0", "m=audio 4000 RTP/AVP 0"), err: sdp.ErrUnacceptable},
		"nothing":               {in: nil, err: sdp.ErrMalformed},
		"another version":       {in: lines("v=1"), err: sdp.ErrMalformed},
		"words":                 {in: lines("v=0", "hello"), err: sdp.ErrMalformed},
		"a port that is none":   {in: with("m=audio 99999 RTP/AVP 0"), err: sdp.ErrMalformed},
		"a stream of two words": {in: with("m=audio 4000"), err: sdp.ErrMalformed},
		"much too long":         {in: append(with("m=audio 4000 RTP/AVP 0"), make([]byte, 20<<10)...), err: sdp.ErrMalformed},
		"too many streams":      {in: with(strings.Repeat("m=audio 4000 RTP/AVP 0\r\n", 17)), err: sdp.ErrMalformed},
	} {
		got, err := sdp.Parse(c.in)
		if !errors.Is(err, c.err) {
			t.Errorf("%s: got error %v, want %v", name, err, c.err)
		}
		if d := cmp.Diff(got, c.want, shown); d != "" {
			t.Errorf("%s: got against want:\n%s", name, d)
		}
	}
}

func parse(t *testing.T, b []byte) sdp.Media {
	t.Helper()
	m, err := sdp.Parse(b)
	if err != nil {
		t.Fatalf("%v in\n%s", err, b)
	}
	return m
}

func ours() sdp.Ours {
	return sdp.Ours{Addr: netip.MustParseAddrPort("198.51.100.1:6000"), Dir: sdp.SendRecv}
}

func TestAnswer(t *testing.T) {
	k := sdp.Key{1, 2, 3}
	keyed := ours()
	keyed.Key = &k
	only := ours()
	only.Codecs = []audio.Codec{audio.PCMU}
	strict := keyed
	strict.Secure = true
	for name, c := range map[string]struct {
		offer []byte
		ours  sdp.Ours
		want  []string // lines of the answer
		not   string
		err   error
	}{
		"her order of codecs": {
			offer: with("m=audio 4000 RTP/AVP 0 8 97", "a=rtpmap:97 telephone-event/8000"), ours: ours(),
			want: []string{"m=audio 6000 RTP/AVP 0 8 97", "a=rtpmap:97 telephone-event/8000", "a=sendrecv", "a=ptime:20", "c=IN IP4 198.51.100.1"}, not: "crypto",
		},
		"one codec of ours": {offer: with("m=audio 4000 RTP/AVP 8 0"), ours: only, want: []string{"m=audio 6000 RTP/AVP 0"}, not: "PCMA"},
		"none of ours":      {offer: with("m=audio 4000 RTP/AVP 8"), ours: only, err: sdp.ErrUnacceptable},
		"she holds":         {offer: with("m=audio 4000 RTP/AVP 8", "a=sendonly"), ours: ours(), want: []string{"a=recvonly"}},
		"she is silent":     {offer: with("m=audio 4000 RTP/AVP 8", "a=inactive"), ours: ours(), want: []string{"a=inactive"}},
		"she listens":       {offer: with("m=audio 4000 RTP/AVP 8", "a=recvonly"), ours: ours(), want: []string{"a=sendonly"}},
		"other streams stay out": {
			offer: with("m=video 5000 RTP/AVP 31 34", "m=audio 4000 RTP/AVP 8", "m=image 5002 udptl t38"), ours: ours(),
			want: []string{"m=video 0 RTP/AVP 31 34\r\nm=audio 6000 RTP/AVP 8\r\n", "m=image 0 udptl t38"},
		},
		"encrypted": {
			offer: with("m=audio 4000 RTP/SAVPF 8", "a=crypto:7 AES_CM_128_HMAC_SHA1_80 inline:"+key), ours: keyed,
			want: []string{"m=audio 6000 RTP/SAVPF 8", "a=crypto:7 AES_CM_128_HMAC_SHA1_80 inline:AQIDAAAA"},
		},
		"encrypted as a wish": {
			offer: with("m=audio 4000 RTP/AVP 8", "a=crypto:7 AES_CM_128_HMAC_SHA1_80 inline:"+key), ours: keyed,
			want: []string{"m=audio 6000 RTP/AVP 8", "a=crypto:7 AES_CM_128_HMAC_SHA1_80 inline:AQIDAAAA"},
		},
		"encrypted, and we cannot": {offer: with("m=audio 4000 RTP/SAVP 8", "a=crypto:7 AES_CM_128_HMAC_SHA1_80 inline:"+key), ours: ours(), err: sdp.ErrUnacceptable},
		"open, and we must not":    {offer: with("m=audio 4000 RTP/AVP 8"), ours: strict, err: sdp.ErrUnacceptable},
	} {
		m, err := sdp.Answer(parse(t, c.offer), c.ours)
		if !errors.Is(err, c.err) {
			t.Errorf("%s: got error %v, want %v", name, err, c.err)
		}
		if err != nil {
			continue
		}
		got := string(m.Bytes())
		for _, w := range c.want {
			if !strings.Contains(got, w) {
				t.Errorf("%s: no %q in\n%s", name, w, got)
			}
		}
		if c.not != "" && strings.Contains(got, c.not) {
			t.Errorf("%s: %q in\n%s", name, c.not, got)
		}
	}
}

// An INVITE without a description is answered with an offer of ours.
func TestAnswerToNothingIsAnOffer(t *testing.T) {
	m, err := sdp.Answer(sdp.Media{}, ours())
	if err != nil || m.Dir != sdp.SendRecv || m.Event != 101 || len(m.Codecs) != 2 {
		t.Errorf("got %v, %v", m, err)
	}
}

func TestAcceptKeepsWhatWasOffered(t *testing.T) {
	k := sdp.Key{1}
	o := ours()
	o.Key = &k
	offer, err := sdp.Offer(o)
	if err != nil {
		t.Fatal(err)
	}
	got, err := sdp.Accept(offer, parse(t, with("m=audio 4000 RTP/AVP 0 96", "a=rtpmap:96 telephone-event/8000", "a=crypto:9 AES_CM_128_HMAC_SHA1_80 inline:"+key)))
	if err != nil || got.Event != sdp.NoEvent || len(got.Crypto) != 0 || got.Codecs[0] != audio.PCMU {
		t.Errorf("got %v, %v: what was not offered is to go", got, err)
	}
	o.Secure = true
	if offer, err = sdp.Offer(o); err != nil {
		t.Fatal(err)
	}
	if _, err := sdp.Accept(offer, parse(t, with("m=audio 4000 RTP/AVP 0"))); !errors.Is(err, sdp.ErrUnacceptable) {
		t.Errorf("got %v: open sound was taken where only encrypted was offered", err)
	}
}

func TestStamp(t *testing.T) {
	m, err := sdp.Offer(ours())
	if err != nil {
		t.Fatal(err)
	}
	if got := string(sdp.Stamp(m.Bytes(), 7, 3)); !strings.HasPrefix(got, "v=0\r\no=line 7 3 IN IP4 198.51.100.1\r\ns=-\r\n") {
		t.Errorf("got\n%s", got)
	}
	if got := sdp.Stamp(sdp.Stamp(m.Bytes(), 7, 3), 7, 4); !strings.Contains(string(got), "o=line 7 4 IN") {
		t.Errorf("got\n%s", got)
	}
}

func TestKeysAreNotPrinted(t *testing.T) {
	c := sdp.Crypto{Tag: 1, Key: wantKey()}
	for _, verb := range []string{"%v", "%+v", "%#v", "%x", "%s"} {
		if got := fmt.Sprintf(verb, c); !strings.Contains(got, "withheld") {
			t.Errorf("%s prints %s", verb, got)
		}
	}
}

func TestMirror(t *testing.T) {
	for _, d := range []sdp.Direction{sdp.Inactive, sdp.SendOnly, sdp.RecvOnly, sdp.SendRecv} {
		if m := d.Mirror(); m.Sends() != d.Receives() || m.Receives() != d.Sends() || m.Mirror() != d {
			t.Errorf("%v mirrors as %v", d, m)
		}
	}
}

// Whatever comes: no panic, an error that quotes nothing, and what we understood we
// write so that we understand it again.
func FuzzParse(f *testing.F) {
	f.Add(with("m=audio 4000 RTP/AVP 8 0 101", "a=rtpmap:101 telephone-event/8000", "a=ptime:30", "a=sendonly"))
	f.Add(with("m=video 1 RTP/AVP 31", "m=audio 4000/2 RTP/SAVP 8", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:"+key+"|2^20", "a=rtcp:9"))
	f.Add(lines("v=0", "c=IN IP6 ::", "m=audio 65535 RTP/AVPF 0"))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := sdp.Parse(b)
		if err != nil {
			if !errors.Is(err, sdp.ErrMalformed) && !errors.Is(err, sdp.ErrUnacceptable) {
				t.Fatalf("another error: %v", err)
			}
			return
		}
		again, err := sdp.Parse(sdp.Stamp(m.Bytes(), 1, 2))
		if err != nil {
			t.Fatalf("we do not understand ourselves: %v", err)
		}
		if d := cmp.Diff(again, m, shown); d != "" {
			t.Fatalf("again against first:\n%s", d)
		}
		k := sdp.Key{}
		o := ours()
		o.Key = &k
		a, err := sdp.Answer(m, o)
		if err != nil {
			t.Fatalf("what can be taken was refused: %v", err)
		}
		if strings.Count(string(a.Bytes()), "m=") != strings.Count(string(m.Bytes()), "m=") {
			t.Fatal("an answer has as many streams as the offer")
		}
		if a.Dir.Sends() && !m.Dir.Receives() || a.Dir.Receives() && !m.Dir.Sends() {
			t.Fatalf("%v answers %v", a.Dir, m.Dir)
		}
	})
}
