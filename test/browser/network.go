package browser

import (
	"net/url"
	"slices"
	"strings"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"
)

// Request is one question that the page asked over the network. What stands
// in the page itself (data:, blob:, about:) is none.
type Request struct {
	Method, URL string
	Kind        string // Document, Script, Stylesheet, Image, Font, Fetch, EventSource …
	Status      int    // 0 while nothing is answered
	Wire        int    // bytes that came, compressed, with the answer's head; grows while it streams
	Body        int    // bytes of the body, compressed; known when it ended
	Plain       int    // bytes of the body, unpacked; grows while it streams
	Cached      bool
	Done        bool
	Failed      string // why it failed, or nothing
	Headers     map[string]string

	head int // bytes of the answer's head
}

// Host is the name, with the port, that was asked.
func (r *Request) Host() string {
	u, err := url.Parse(r.URL)
	if err != nil {
		return r.URL
	}
	return u.Host
}

func (p *Page) heardNetwork(ev any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch ev := ev.(type) {
	case *network.EventRequestWillBeSent:
		if r := p.pending[string(ev.RequestID)]; r != nil && ev.RedirectResponse != nil {
			r.answered(ev.RedirectResponse)
			r.Done = true
		}
		if !strings.HasPrefix(ev.Request.URL, "http") && !strings.HasPrefix(ev.Request.URL, "ws") {
			return
		}
		r := &Request{Method: ev.Request.Method, URL: ev.Request.URL, Kind: string(ev.Type)}
		p.pending[string(ev.RequestID)] = r
		p.requests = append(p.requests, r)
	case *network.EventResponseReceived:
		if r := p.pending[string(ev.RequestID)]; r != nil {
			r.answered(ev.Response)
		}
	case *network.EventDataReceived:
		if r := p.pending[string(ev.RequestID)]; r != nil {
			r.Wire += int(ev.EncodedDataLength)
			r.Plain += int(ev.DataLength)
		}
	case *network.EventLoadingFinished:
		if r := p.pending[string(ev.RequestID)]; r != nil {
			r.Wire, r.Done = int(ev.EncodedDataLength), true
			r.Body = r.Wire - r.head
		}
	case *network.EventLoadingFailed:
		if r := p.pending[string(ev.RequestID)]; r != nil {
			r.Failed, r.Done = ev.ErrorText, true
		}
	}
}

func (r *Request) answered(a *network.Response) {
	r.Status, r.Cached = int(a.Status), a.FromDiskCache
	r.head = int(a.EncodedDataLength)
	r.Wire += r.head
	r.Headers = map[string]string{}
	for k, v := range a.Headers {
		if s, ok := v.(string); ok {
			r.Headers[strings.ToLower(k)] = s
		}
	}
}

// Requests lists what the page has asked since it was opened or since
// [Page.Forget], in order, each step of a redirect by itself.
func (p *Page) Requests() []Request {
	p.Eval("1", nil) // an answer comes after what was told before it
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []Request
	for _, r := range p.requests {
		all = append(all, *r)
	}
	return all
}

// Forget begins the list of requests anew.
func (p *Page) Forget() {
	p.Eval("1", nil)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.requests = nil
}

// Strangers lists the requests to any other host than these (with port, as
// "line.localhost:8080").
func (p *Page) Strangers(hosts ...string) []Request {
	return slices.DeleteFunc(p.Requests(), func(r Request) bool { return slices.Contains(hosts, r.Host()) })
}

// Cookie is what this reader's browser keeps.
type Cookie struct {
	Name, Value, Domain, Path string
	HTTPOnly, Secure, Session bool
	SameSite                  string
}

// Cookies lists the cookies of this reader, of all hosts.
func (p *Page) Cookies() []Cookie {
	p.t.Helper()
	id := chromedp.FromContext(p.ctx).BrowserContextID
	r, err := chromedp.CallBrowser(p.ctx, storage.GetCookies, storage.GetCookiesParams{BrowserContextID: id})
	if err != nil {
		p.t.Fatalf("cookies: %v", err)
	}
	var all []Cookie
	for _, c := range r.Cookies {
		all = append(all, Cookie{c.Name, c.Value, c.Domain, c.Path, c.HTTPOnly, c.Secure, c.Session, string(c.SameSite)})
	}
	return all
}
