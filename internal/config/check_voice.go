package config

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"regexp"
	"strconv"
)

// The least and the usual number of ports for sound.
const (
	fewPorts  = 20
	manyPorts = 200
)

func checkVoice(c Config) []Finding {
	v := c.Voice
	if !v.On() {
		if len(v.Trunks) == 0 {
			return nil
		}
		return []Finding{{
			Refuse, "voice.sip_listen", "there are telephone companies, and the line listens nowhere",
			"Calls would not reach it.", "Set voice.sip_listen, or take the tables out.",
		}}
	}
	all := checkSIP(c)
	all = append(all, checkSound(v)...)
	if len(v.Trunks) == 0 {
		all = append(all, Finding{
			Refuse, "voice.trunk", "there is no telephone company", "Nobody's call would be taken: strangers' are refused.", "Write a table [[voice.trunk]] for each.",
		})
	}
	names := map[string]bool{}
	for i, t := range v.Trunks {
		setting := fmt.Sprintf("voice.trunk[%d]", i+1)
		if !trunkName.MatchString(t.Name) || names[t.Name] {
			all = append(all, Finding{
				Refuse, setting + ".name", "it is no short word, or another one has it", "The board and the log could not say which one is down.",
				"Give each a name of its own: small letters, digits and -.",
			})
		}
		names[t.Name] = true
		all = append(all, checkTrunk(setting, t)...)
	}
	return all
}

var (
	trunkName   = regexp.MustCompile(`^[a-z][a-z0-9-]{0,23}$`)
	countryCode = regexp.MustCompile(`^([1-9][0-9]{0,2})?$`)
)

func checkSIP(c Config) []Finding {
	var all []Finding
	seen := map[string]bool{}
	everywhere := false
	for _, e := range c.Voice.Listen {
		ip, err := netip.ParseAddr(e.Host)
		switch {
		case e.Host != "" && err != nil:
			all = append(all, Finding{
				Refuse, "voice.sip_listen", "this is a name, not an address of this machine", "A name can come to mean another machine.", "Write the address itself.",
			})
		case e.Transport == "tls" && c.TLS.Cert == "":
			all = append(all, Finding{
				Refuse, "voice.sip_listen", "TLS needs a certificate", "Telephone companies could not tell the line from somebody else.", "Set tls.cert_file and tls.key_file.",
			})
		case seen[e.String()]:
			all = append(all, Finding{Refuse, "voice.sip_listen", "an address stands there twice", "The second cannot be taken.", "Take one out."})
		}
		seen[e.String()] = true
		everywhere = everywhere || e.Host == "" || err == nil && ip.IsUnspecified()
		if c.Voice.Ports.Has(e.Port) {
			all = append(all, clash("voice.sip_listen"))
		}
	}
	public, err := netip.ParseAddr(c.Voice.Public)
	switch {
	case c.Voice.Public == "" && everywhere:
		all = append(all, Finding{
			Refuse, "voice.public_address", "the line listens everywhere, and does not say where it is",
			"Telephone companies and browsers would send the sound nowhere: callers would hear silence.", "Set the address that they see.",
		})
	case c.Voice.Public != "" && (err != nil || public.IsUnspecified()):
		all = append(all, Finding{
			Refuse, "voice.public_address", "it is no address", "Sound would be sent nowhere: callers would hear silence.", "Write it in digits, as 192.0.2.5.",
		})
	}
	return all
}

func clash(setting string) Finding {
	return Finding{Refuse, setting, "its port is among voice.sound_ports", "A call would take it away.", "Choose a port outside of them."}
}

func checkSound(v Voice) []Finding {
	var all []Finding
	n := v.Ports.To - v.Ports.From + 1
	switch {
	case v.Ports.From < 1024 || n < fewPorts:
		all = append(all, Finding{
			Refuse, "voice.sound_ports", fmt.Sprintf("%d ports from %d on are too few, or belong to others", n, v.Ports.From),
			"Each call needs two; callers beyond that would not be answered.", "Use some hundreds above 1024.",
		})
	case n < manyPorts:
		all = append(all, Finding{
			Warn, "voice.sound_ports", fmt.Sprintf("they are enough for %d calls at once", n/2), "Callers beyond that are not answered.", "Use more, if the line may get more calls.",
		})
	}
	_, port, err := net.SplitHostPort(v.Browsers)
	number, bad := strconv.ParseUint(port, 10, 16)
	switch {
	case err != nil || bad != nil:
		all = append(all, Finding{
			Refuse, "voice.browser_listen", "it is no address with a port", "Advocates would hear nothing and could not be heard.", "Write it as \":3479\".",
		})
	case number != 0 && v.Ports.Has(int(number)):
		all = append(all, clash("voice.browser_listen"))
	}
	return all
}

func checkTrunk(setting string, t Trunk) []Finding {
	var all []Finding
	say := func(grade Grade, name, what, why, do string) {
		all = append(all, Finding{grade, setting + "." + name, what, why, do})
	}
	if len(t.From) == 0 {
		say(Refuse, "from", "it does not say where its calls come from",
			"Anybody in the world could call under any number; machines try every address of the network within minutes.", "Name the company's networks; it tells you which.")
	}
	for _, p := range t.From {
		if (p.Bits() < 16 || p.Addr().Is6() && p.Bits() < 48) && !p.Addr().IsLoopback() {
			say(Refuse, "from", fmt.Sprintf("%s is more than one company's", p), "Strangers could call under any number.", "Name the company's own networks.")
		}
	}
	if t.Register && (len(t.Targets) == 0 || t.User == "" || t.Password == "") {
		say(Refuse, "register", "to sign in, a target, a name and a password are needed", "Calls would not find the line.", "Set targets, user and password, or register = false.")
	}
	if (t.User == "") != (t.Password == "") {
		say(Refuse, "user", "name and password are not both set", "The company would refuse the line.", "Set both or none.")
	}
	open := false
	for _, e := range t.Targets {
		if e.Transport != t.Targets[0].Transport {
			say(Refuse, "targets", "they are spoken to in several ways", "It would not be clear how calls come.", "Write a table for each of udp, tcp and tls.")
		}
		if e.Host == "" {
			say(Refuse, "targets", "a target has no host", "It cannot be reached.", "Write it as \"tls:sip.example.net:5061\".")
		}
		open = open || e.Transport != "tls" && !near(e.Host)
	}
	switch {
	case open && t.Ciphered:
		say(Refuse, "srtp_required", "the keys of the sound would be sent unencrypted", "It would look safe and not be so.", "Use tls: targets, or a private network to the company.")
	case open:
		say(Warn, "targets", "calls go over the network unencrypted",
			"Whoever is on the way sees who calls a hotline, and can listen.", "Ask the company for TLS and SRTP, or for a private network.")
	}
	if !countryCode.MatchString(t.Country) {
		say(Refuse, "country", "it is no country's code", "Callers who are cut off could not be known again.", "Write it in digits, without + or 00.")
	}
	if t.CA != "" {
		if _, err := os.Stat(t.CA); err != nil {
			say(Refuse, "ca_file", "the file cannot be looked at", "The company could not be told from somebody else.", "Put it there, or leave the setting out.")
		}
	}
	return all
}

// near reports whether a host is on this machine or in a private network.
func near(host string) bool {
	ip, err := netip.ParseAddr(host)
	return local(host) || err == nil && ip.IsPrivate()
}
