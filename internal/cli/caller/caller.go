// Package caller is somebody made up who writes to a line as a phone without
// JavaScript does: pages, forms, one cookie. The demo is full of them, and so are the
// tests that put a line under load.
package caller

import (
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// A Caller is one of them.
type Caller struct {
	Page string // the last page she got

	http *http.Client
	base string
	lang string
}

// New makes a caller who reaches a line's public host at an address of this
// machine. at may change while she is there, as when another node takes over: it is
// asked for each connection. She comes from an address of her own, 127.1.x.y by her
// number, since one address is taken for one person and held to her pace.
func New(host, lang string, number int, at func() string) (*Caller, error) {
	return NewFrom(host, lang, net.IPv4(127, 1, byte(number>>8), byte(number)).String(), at) //nolint:gosec // wraps around
}

// NewFrom makes a caller who comes from an address of this machine.
func NewFrom(host, lang, address string, at func() string) (*Caller, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		from := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}
		return from.DialContext(ctx, network, at())
	}
	return &Caller{
		http: &http.Client{
			Transport: &http.Transport{DialContext: dial, MaxIdleConns: 2, IdleConnTimeout: time.Minute},
			Jar:       secureJar{jar}, Timeout: 30 * time.Second,
		},
		base: "http://" + host, lang: lang,
	}, nil
}

// Twin is her browser as it is now, from now on apart: it knows nothing of what the
// other does later.
func (c *Caller) Twin() (*Caller, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(c.base)
	if err != nil {
		return nil, err
	}
	browser, twin := *c.http, *c
	browser.Jar = secureJar{jar}
	browser.Jar.SetCookies(u, c.http.Jar.Cookies(u))
	twin.http = &browser
	return &twin, nil
}

// Close drops her connections.
func (c *Caller) Close() { c.http.CloseIdleConnections() }

// secureJar keeps Secure cookies on localhost, as browsers do.
type secureJar struct{ *cookiejar.Jar }

func (j secureJar) SetCookies(u *url.URL, cs []*http.Cookie) { j.Jar.SetCookies(secure(u), cs) }
func (j secureJar) Cookies(u *url.URL) []*http.Cookie        { return j.Jar.Cookies(secure(u)) }

func secure(u *url.URL) *url.URL {
	v := *u
	v.Scheme = "https"
	return &v
}

var (
	// ErrPage says that the page has no form to press.
	ErrPage = errors.New("caller: the page has no such form")
	// ErrAnswer says that no answer came, or not the one that was hoped for. Her
	// words may have been taken or not: pressing again with the same page is safe.
	ErrAnswer = errors.New("caller: no good answer")
)

// Open gets the page that her cookie leads to.
func (c *Caller) Open(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/?l="+c.lang, nil)
	if err != nil {
		return err
	}
	return c.do(req)
}

// Press presses a button of the page she is on, with words where there is a field.
func (c *Caller) Press(ctx context.Context, button, words string) error {
	id := fieldOf(c.Page, "id")
	if id == "" {
		return ErrPage
	}
	form := url.Values{"id": {id}, "l": {c.lang}, "do": {button}}
	if told := fieldOf(c.Page, "e"); told != "" { // what the page has told her
		form.Set("e", told)
	}
	if words != "" {
		form.Set("w", words)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/", strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return c.do(req)
}

func (c *Caller) do(req *http.Request) error {
	res, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("%s: %w", req.Method, ErrAnswer)
	}
	b, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err := errors.Join(err, res.Body.Close()); err != nil {
		return fmt.Errorf("%s: cut off: %w", req.Method, ErrAnswer)
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: status %d: %w", req.Method, res.StatusCode, ErrAnswer)
	}
	c.Page = string(b)
	return nil
}

// fieldOf finds a hidden field's value in a page of ours.
func fieldOf(page, name string) string {
	m := regexp.MustCompile(`<input type="hidden" name="` + name + `" value="([^"]*)"`).FindStringSubmatch(page)
	if m == nil {
		return ""
	}
	return m[1]
}

// Said reads what her log shows: her own words and the line's, in order. The log
// never ends, so it is read for a while, or until it has as many lines as are
// hoped for.
func (c *Caller) Said(ctx context.Context, hoped int, while time.Duration) (mine, ours []string, err error) {
	ctx, cancel := context.WithTimeout(ctx, while)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/log", nil)
	if err != nil {
		return nil, nil, err
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, nil, fmt.Errorf("log: %w", ErrAnswer)
	}
	defer res.Body.Close()
	var page []byte
	part := make([]byte, 1<<14)
	for len(page) < 1<<22 {
		n, err := res.Body.Read(part)
		page = append(page, part[:n]...)
		if mine, ours = rows(string(page)); err != nil || len(mine)+len(ours) >= hoped {
			break
		}
	}
	return mine, ours, nil
}

// rows finds the lines of a log.
func rows(page string) (mine, ours []string) {
	for _, m := range regexp.MustCompile(`<li( class="me")?><small>[^<]*</small><p dir="auto">([^<]*)</p></li>`).FindAllStringSubmatch(page, -1) {
		text := html.UnescapeString(m[2])
		if m[1] != "" {
			mine = append(mine, text)
		} else {
			ours = append(ours, text)
		}
	}
	return mine, ours
}
