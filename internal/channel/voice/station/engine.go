package station

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/logging"
	"github.com/pion/webrtc/v4"

	"github.com/freeline-org/freeline/internal/channel/voice/audio"
)

const (
	readBuffer = 4 << 20 // of the one port: a burst of all calls waits there
	tcpWaiting = 64      // packets of a TCP connection that nobody has read yet
	anyPort    = 8       // tries to find a port that is free in UDP and TCP
)

var errPort = errors.New("station: no port is free in UDP and TCP")

// ports is the one port by which all browsers come in.
type ports struct {
	number int
	udp    ice.UDPMux
	tcp    ice.TCPMux
	local  bool // the loopback only
}

// listen opens it. With port 0 it is one that is free in both.
func listen(at string) (*ports, error) {
	host, port, err := net.SplitHostPort(at)
	if err != nil {
		return nil, fmt.Errorf("station: listen: %w", err)
	}
	tries := 1
	if port == "0" {
		tries = anyPort
	}
	for range tries {
		var lc net.ListenConfig
		u, err := lc.ListenPacket(context.Background(), "udp", net.JoinHostPort(host, port))
		if err != nil {
			return nil, fmt.Errorf("station: listen: %w", err)
		}
		udp, _ := u.(*net.UDPConn)
		is, _ := udp.LocalAddr().(*net.UDPAddr)
		t, err := lc.Listen(context.Background(), "tcp", net.JoinHostPort(host, strconv.Itoa(is.Port)))
		if err != nil {
			_ = udp.Close()
			if port == "0" {
				continue
			}
			return nil, fmt.Errorf("station: listen: %w", err)
		}
		_ = udp.SetReadBuffer(readBuffer) // as much as the system allows
		quiet := silent{}.NewLogger("")
		return &ports{
			number: is.Port, local: is.IP.IsLoopback(), udp: webrtc.NewICEUDPMux(quiet, udp), tcp: webrtc.NewICETCPMux(quiet, t, tcpWaiting),
		}, nil
	}
	return nil, errPort
}

func (p *ports) close() {
	_ = p.udp.Close()
	_ = p.tcp.Close()
}

// engine is how all connections are made: we wait for the browser (ICE-lite), by one port, speak
// G.711 alone, and nothing stands between us and the packets.
func engine(p *ports, public string, now func() time.Time) (*webrtc.API, error) {
	var set webrtc.SettingEngine
	set.LoggerFactory = silent{}
	of, err := newNetwork(now)
	if err != nil {
		return nil, fmt.Errorf("station: %w", err)
	}
	set.SetNet(of)
	set.SetLite(true)
	set.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	set.SetICEUDPMux(p.udp)
	set.SetICETCPMux(p.tcp)
	set.DisableActiveTCP(true) // we call nobody
	set.SetNetworkTypes([]webrtc.NetworkType{
		webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6, webrtc.NetworkTypeTCP4, webrtc.NetworkTypeTCP6,
	})
	set.SetICETimeouts(disconnected, failed, keepalive)
	set.SetIncludeLoopbackCandidate(p.local)
	if err := set.SetAnsweringDTLSRole(webrtc.DTLSRoleServer); err != nil {
		return nil, fmt.Errorf("station: %w", err)
	}
	if public != "" {
		err := set.SetICEAddressRewriteRules(webrtc.ICEAddressRewriteRule{
			External: []string{public}, AsCandidateType: webrtc.ICECandidateTypeHost, Mode: webrtc.ICEAddressRewriteReplace,
		})
		if err != nil {
			return nil, fmt.Errorf("station: public address: %w", err)
		}
	}
	var media webrtc.MediaEngine
	for codec, mime := range map[audio.Codec]string{audio.PCMU: webrtc.MimeTypePCMU, audio.PCMA: webrtc.MimeTypePCMA} {
		err := media.RegisterCodec(webrtc.RTPCodecParameters{
			RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: mime, ClockRate: audio.Rate}, PayloadType: webrtc.PayloadType(codec),
		}, webrtc.RTPCodecTypeAudio)
		if err != nil {
			return nil, fmt.Errorf("station: %w", err)
		}
	}
	return webrtc.NewAPI(webrtc.WithSettingEngine(set), webrtc.WithMediaEngine(&media), webrtc.WithInterceptorRegistry(&interceptor.Registry{})), nil
}

// silent lets the library log nothing: its lines hold addresses and what browsers said.
type silent struct{}

func (silent) NewLogger(string) logging.LeveledLogger { return mute{} } //nolint:ireturn // as the library wants it

type mute struct{}

func (mute) Trace(string)          {}
func (mute) Tracef(string, ...any) {}
func (mute) Debug(string)          {}
func (mute) Debugf(string, ...any) {}
func (mute) Info(string)           {}
func (mute) Infof(string, ...any)  {}
func (mute) Warn(string)           {}
func (mute) Warnf(string, ...any)  {}
func (mute) Error(string)          {}
func (mute) Errorf(string, ...any) {}
