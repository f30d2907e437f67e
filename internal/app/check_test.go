package app_test

import (
	"net"
	"testing"

	"github.com/freeline-org/freeline/internal/app"
	"github.com/freeline-org/freeline/internal/config"
)

func telephone(t *testing.T) config.Config {
	t.Helper()
	c := config.Default()
	c.Voice.Listen = []config.Endpoint{{Transport: "udp", Host: "127.0.0.1"}}
	c.Voice.Ports = config.Ports{From: 24000, To: 24999}
	var lo config.Prefix
	if err := lo.UnmarshalText([]byte("127.0.0.0/8")); err != nil {
		t.Fatal(err)
	}
	c.Voice.Trunks = []config.Trunk{{Name: "first", From: []config.Prefix{lo}}}
	return c
}

func TestTheTelephoneIsTried(t *testing.T) {
	t.Parallel()
	if got := app.CheckVoice(t.Context(), config.Default()); len(got) > 0 {
		t.Errorf("a line without a telephone: %+v", got)
	}
	for _, f := range app.CheckVoice(t.Context(), telephone(t)) {
		t.Errorf("%v %s: %s", f.Grade, f.Setting, f.What)
	}
	taken, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taken.Close() })
	for name, tt := range map[string]struct {
		spoil   func(c *config.Config)
		setting string
	}{
		"an address of another machine":     {func(c *config.Config) { c.Voice.Listen[0].Host = "192.0.2.5" }, "voice.sound_ports"},
		"an address that somebody else has": {func(c *config.Config) { c.Voice.Listen[0].Port = taken.LocalAddr().(*net.UDPAddr).Port }, "voice.sip_listen"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := telephone(t)
			tt.spoil(&c)
			found := false
			for _, f := range app.CheckVoice(t.Context(), c) {
				found = found || f.Setting == tt.setting
			}
			if !found {
				t.Errorf("no finding of %s", tt.setting)
			}
		})
	}
}
