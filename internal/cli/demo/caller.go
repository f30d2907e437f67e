package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// A caller is somebody made up who writes to the line as a phone without JavaScript
// does: pages, forms, one cookie.
type caller struct {
	http *http.Client
	base string // http://line.localhost:PORT
	lang string
	page string // the last page she got
}

// newCaller makes a caller. Names under localhost are this machine, whatever the
// resolver says of them.
func newCaller(port, lang string) (*caller, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
	}
	return &caller{
		http: &http.Client{
			Transport: &http.Transport{DialContext: dial, MaxIdleConns: 2, IdleConnTimeout: time.Minute},
			Jar:       secureJar{jar}, Timeout: 30 * time.Second,
		},
		base: "http://line.localhost:" + port, lang: lang,
	}, nil
}

// secureJar keeps Secure cookies on localhost, as browsers do.
type secureJar struct{ *cookiejar.Jar }

func (j secureJar) SetCookies(u *url.URL, cs []*http.Cookie) { j.Jar.SetCookies(secure(u), cs) }
func (j secureJar) Cookies(u *url.URL) []*http.Cookie        { return j.Jar.Cookies(secure(u)) }

func secure(u *url.URL) *url.URL {
	v := *u
	v.Scheme = "https"
	return &v
}

var errPage = errors.New("demo: the page has no such form")

// open gets the page that her cookie leads to.
func (c *caller) open(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/?l="+c.lang, nil)
	if err != nil {
		return err
	}
	return c.do(req)
}

// press presses a button of the page she is on, with words where there is a field.
func (c *caller) press(ctx context.Context, button, words string) error {
	id := fieldOf(c.page, "id")
	if id == "" {
		return errPage
	}
	form := url.Values{"id": {id}, "l": {c.lang}, "do": {button}}
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

func (c *caller) do(req *http.Request) error {
	res, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("demo: %s: no answer", req.Method)
	}
	b, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err := errors.Join(err, res.Body.Close()); err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("demo: %s: status %d", req.Method, res.StatusCode)
	}
	c.page = string(b)
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

// answers counts what the line has written to her, by the log she is shown.
func (c *caller) answers(ctx context.Context) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/log", nil)
	if err != nil {
		return 0, err
	}
	res, err := c.http.Do(req)
	if err != nil {
		return 0, errPage
	}
	defer res.Body.Close()
	// The log never ends: what has come in two seconds is read.
	b, _ := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	return strings.Count(string(b), `class="ours"`), nil
}
