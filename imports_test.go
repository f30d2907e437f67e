package freeline_test

import "strings"

// The rules of the tree. They are read by tree_test.go, and planted_test.go shows
// that each of them barks.

// hotline lists the packages of internal/hotline in the order of the map in
// doc.go. Each may import those above it, never those below: what those below must
// do goes as a job written in the same transaction, and app joins it up.
func hotline() []string {
	return []string{
		"seal", "opened", "audit", "own", "edition", "policy", "form", "staff", "directory", "contact", "dialog", "outage", "interpret", "routing", "vault",
		"account", "protocol", "emergency", "safety", "consent", "situation", "referral", "handover", "retention", "stats", "outreach", "readiness",
	}
}

// engine stands in a rule for the packages that know nothing of hotlines.
const engine = "engine"

func engines() []string {
	return []string{
		"internal/problem", "internal/db/", "internal/box", "internal/backup", "internal/shred", "internal/jobs", "internal/bus",
		"internal/blob", "internal/i18n", "internal/observe", "internal/wire/",
	}
}

// A rule says what else of the tree a place may import.
type rule struct {
	place string
	of    []string
}

// mayImport holds the rules; the first that fits a package is its own. A path
// that ends in a slash stands for that package and all below it. What lies in a
// part's own internal/ belongs to the part.
func mayImport() []rule {
	adapter := []string{"internal/channel", "internal/hotline", "internal/hotline/contact", "internal/hotline/seal", engine}
	voice := append([]string{
		"internal/channel/voice/", "internal/hotline/edition", "internal/hotline/dialog", "internal/hotline/routing", "internal/hotline/staff", "internal/hotline/interpret",
		"internal/hotline/form", // whose conditions a call flow asks in
	}, adapter...)
	rules := []rule{
		{"cmd/", []string{"internal/app", "internal/cli/"}},
		{"internal/cli/telephone", []string{"internal/channel/voice/audio", "internal/channel/voice/media", "internal/channel/voice/sdp", "internal/channel/voice/trunk"}},                                        // a made-up caller has a true telephone
		{"internal/cli/demo", []string{"internal/channel/voice/audio", "internal/channel/voice/prompt", "internal/web/session", "internal/cli/", "internal/app", "internal/config", "internal/hotline/", engine}}, // its door is the true sign-in
		{"internal/cli/", []string{"internal/cli/", "internal/app", "internal/config", "internal/hotline/", engine}},
		{"internal/app/", []string{"internal/app/", "internal/config", "internal/web/", "internal/channel/", "internal/hotline/", engine}},
		{"internal/config", []string{"internal/web/", "internal/channel/", "internal/hotline/", engine}},
		{"internal/web/admin", []string{"internal/web/", "internal/channel/voice/flow", "internal/hotline/", engine}}, // what is edited, and no telephone
		{"internal/web/", []string{"internal/web/", "internal/hotline/", engine}},
		{"internal/channel/voice/", voice},
		{"internal/channel/", adapter},
		{"internal/hotline/", []string{"internal/hotline/", engine}}, // and by the order above
		{"internal/wire/", nil},
	}
	for _, e := range engines() {
		rules = append(rules, rule{e, []string{engine}})
	}
	return append(rules, rule{".", nil})
}

// onlyFrom names packages that few may import, and why.
func onlyFrom() []narrow {
	return []narrow{
		{"internal/hotline/vault", "the staff's keys have one door", []string{
			"internal/hotline/account", "internal/hotline/situation", "internal/hotline/referral", "internal/hotline/handover",
			"internal/hotline/retention", "internal/web/session", "internal/web/desk", "internal/web/supervise", "internal/web/admin",
			"internal/cli/", "internal/app/",
		}},
		{"internal/hotline/own", "it opens a caller's contact without staff", []string{"internal/web/front/", "internal/web/api", "internal/app/"}},
		{"internal/cli/cast", "it tells what it founded a line with; it is for the demo and for tests", []string{"internal/cli/demo", "test/"}},
		{"internal/app", "it stands on top", []string{"cmd/", "internal/cli/"}},
	}
}

// forTests reports whether a package serves tests alone: it may turn the clock and
// know everything, and nothing that ships may import it.
func forTests(dir string) bool {
	return strings.HasSuffix(dir, "test") || strings.HasPrefix(dir, "test/")
}

type narrow struct {
	to, why string
	from    []string
}

// mustNotReach holds what may not be depended on even from afar, and why.
func mustNotReach() []far {
	var all []far
	for _, counts := range []string{"internal/hotline/stats", "internal/hotline/outreach", "internal/hotline/readiness"} {
		all = append(all,
			far{counts, "internal/hotline/contact", "what is counted is written apart, at the time"},
			far{counts, "internal/hotline/vault", "figures are made from what leads to nobody"},
			far{counts, "internal/hotline/situation", "figures are made from what leads to nobody"},
		)
	}
	return append(all,
		far{"internal/web/front/", "internal/hotline/vault", "what the public can touch holds no keys"},
		far{"internal/web/front/", "internal/hotline/situation", "what we wrote is not for the public"},
		far{"internal/channel/", "internal/hotline/vault", "an adapter puts words in and takes none out"},
		far{"internal/channel/", "internal/hotline/situation", "an adapter knows of contacts only"},
		far{"internal/channel/", "internal/hotline/own", "an adapter holds no cookie"},
	)
}

type far struct{ from, to, why string }

// homeOf names the places of each outside module. None comes in without one. The
// primitives of the standard library that seal stand here too.
func homeOf() map[string][]string {
	box := []string{"internal/box"}
	return map[string][]string{
		"modernc.org/sqlite":                  {"internal/db"},
		"github.com/jackc/pgx/v5":             {"internal/db"},
		"github.com/nats-io/nats.go":          {"internal/bus"},
		"github.com/nicksnyder/go-i18n/v2":    {"internal/i18n"},
		"golang.org/x/text":                   {"internal/i18n"},
		"github.com/abadojack/whatlanggo":     {"internal/hotline/routing"},
		"github.com/prometheus/client_golang": {"internal/observe"},
		"github.com/pelletier/go-toml/v2":     {"internal/config"},
		"github.com/coder/websocket":          {"internal/web/desk"},
		"github.com/emiago/sipgo":             {"internal/channel/voice/trunk", "internal/cli/telephone"},
		"github.com/icholy/digest":            {"internal/channel/voice/trunk"},
		"github.com/pion/srtp/v3":             {"internal/channel/voice/media"},
		"github.com/pion/rtp":                 {"internal/channel/voice/media", "internal/channel/voice/station"},
		"github.com/pion/transport/v5":        {"internal/channel/voice/station"},
		"github.com/pion/webrtc/v4":           {"internal/channel/voice/station"},
		"github.com/pion/ice/v4":              {"internal/channel/voice/station"},
		"github.com/pion/interceptor":         {"internal/channel/voice/station"},
		"github.com/pion/logging":             {"internal/channel/voice/station"},
		"github.com/pion/rtcp":                {"internal/channel/voice/station"},
		"github.com/pion/sdp/v3":              {"internal/channel/voice/station"},
		"github.com/pquerna/otp":              {"internal/hotline/account"},
		"filippo.io/age":                      {"internal/backup"},
		"filippo.io/hpke":                     box,
		"golang.org/x/crypto/acme":            {"internal/app"},
		"golang.org/x/crypto":                 box,
		"golang.org/x/mod":                    {"internal/hotline/audit"},
		"golang.org/x/sys":                    {"internal/app", "internal/db", "internal/shred"},
		"github.com/chromedp/chromedp":        {"test/browser"},
		"github.com/chromedp/cdproto":         {"test/browser"},
		"crypto/aes":                          box,
		"crypto/cipher":                       box,
		"crypto/hkdf":                         box,
		"crypto/hpke":                         box,
		"crypto/ecdh":                         box,
		"crypto/mlkem":                        box,
		"crypto/rsa":                          box,
		"crypto/des":                          {},
		"crypto/md5":                          {},
		"crypto/rc4":                          {},
		"net/smtp":                            {"internal/channel/mail"},
		"github.com/google/go-cmp":            {}, // tests only
		"github.com/rogpeppe/go-internal":     {},
	}
}

// mayReveal lists the functions that read a seal.Text in memory, and how often.
func mayReveal() map[string]int {
	return map[string]int{
		// To seal: the words are packed, and a caller's are checked for length first.
		"internal/hotline/seal.PackDraft":  1,
		"internal/hotline/seal.pack":       1,
		"internal/hotline/contact.check":   1,
		"internal/hotline/situation.words": 1,
		"internal/hotline/policy.said":     1,
		"internal/hotline/policy.once":     1, // hashed with a number that is kept nowhere
		"internal/hotline/policy.packed":   4,
		// To seal what leaves under its hour, and to hash the name that a vendor gives it.
		"internal/hotline/seal.packOutgoing": 2,
		"internal/hotline/seal.Hash":         1, // kept only as long as the key of the day
		"internal/channel/channeltest.plain": 1, // a vendor that only tests have
		// To decide by codes: only the codes are kept.
		"internal/hotline/routing.Look":      1,
		"internal/hotline/contact.ParseHead": 1,
		"internal/hotline/policy.Asked":      1, // what she asks of us in words of a fixed form
		"internal/hotline/emergency.Find":    1, // where she is, to be compared with the table of places
		"internal/hotline/emergency.parse":   1, // what we wrote of it, to those who hold S
		"internal/hotline/policy.parseAct":   1, // the words in it stay sealed
		"internal/hotline/policy.parseLegal": 1,
		"internal/hotline/retention.plain":   1, // for a legal request: the machine compares, and nothing keeps it
		"internal/hotline/consent.parse":     1, // what was consented, to those who hold S
		// What the staff know of a message: packed to be sealed, and read by the desk.
		"internal/hotline/interpret.Text":      1,
		"internal/hotline/interpret.ParseMark": 1,
		// Whether a report of harm is about who would close it.
		"internal/hotline/policy.did": 1,
		// To a translating machine on the loopback, where the operator runs one.
		"internal/hotline/interpret.Translate": 1,
		// Where she may be called back: sealed to her contact, and from there into the head.
		"internal/hotline/contact.pack":          1,
		"internal/hotline/contact.ParseCallBack": 1,
		"internal/hotline/contact.Wishes":        1,
		"internal/hotline/situation.index":       1, // hidden under the team's index key
		// Passphrases and codes, to be stretched or compared.
		"internal/hotline/own.stretch":       1,
		"internal/hotline/safety.Same":       1, // to be hidden under the team's index key
		"internal/hotline/account.CodeAt":    1,
		"internal/hotline/account.Picture":   1, // to be scanned, once
		"internal/hotline/account.parseCode": 1,
		"internal/hotline/account.tidy":      1,
		// Her own words on her own page, and the code that she asked for.
		"internal/web/front.text": 1,
		"internal/web/front.row":  1,
		"internal/web/front.code": 1,
		// What a person of the staff is shown once: her passphrase, a one-time code.
		"internal/web/admin.shown":   1,
		"internal/cli.printFounding": 4,
		// What was done of a protocol: it is read into steps.
		"internal/hotline/protocol.watched": 1, // which step somebody has to sign
		"internal/hotline/protocol.done":    1,
		// Whether an answer is the one that stands already.
		"internal/hotline/situation.same": 2,
		// Answers of a record that nobody closed: only the codes in them are counted.
		"internal/web/session.read": 1,
		// A caller's words, to the advocate who opened them.
		"internal/web/desk.plain": 1,
		// Four digits that keep her place, to be read aloud to her.
		"internal/channel/voice/flow.digitWords": 1,
		// Whom we call, to be put into the call; and who calls, into the record of a living call.
		"internal/channel/voice/trunk.Number": 1,
		"internal/channel/voice/trunk.digits": 1,
		"internal/channel/voice/trunk.Saved":  1,
		// Made-up words and made-up people.
		"internal/cli/cast.Founded":           4,
		"internal/cli/cast.Hire":              4,
		"internal/hotline/hotlinetest.reveal": 1,
	}
}

// longestFile is how many lines a source file may have.
const longestFile = 600

// vague lists names that say nothing of what a package keeps.
func vague() []string {
	return []string{"util", "utils", "common", "models", "service", "services", "helpers", "types", "misc", "core", "base", "lib"}
}
