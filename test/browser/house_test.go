package browser_test

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// house is the smallest line there is: home, chat with a streamed log, leaving
// and cover page, one address for all, as the real one does it. Before it lies
// a search page, behind it one about the weather.
type house struct {
	name string // its host
	// weak leaves as a careless site would: pages may be kept, no cookie
	// changes, nothing covers.
	weak bool
	ends bool // its log ends, as where streaming fails, so that its pages finish loading
	// leads is where the search page leads to, if not to this house.
	leads string
	port  string

	mu    sync.Mutex
	chats map[string]*chat
}

type chat struct {
	said []string
	more chan struct{} // closed when something is said
}

const houseScript = `
const chat = document.getElementById('say'), how = document.getElementById('how');
if (how) how.textContent = 'With script';
if (chat) {
	const log = document.createElement('div');
	document.querySelector('iframe').replaceWith(log);
	new EventSource('/log').onmessage = e => { const p = document.createElement('p'); p.textContent = e.data; log.append(p) };
	chat.addEventListener('submit', e => {
		e.preventDefault();
		fetch('/', {method: 'POST', body: new URLSearchParams(new FormData(chat))});
		chat.reset();
	});
}
document.getElementById('leave').addEventListener('submit', () => { document.body.hidden = true });
`

// open serves a house and gives the address of its host's neighbours too.
func (h *house) open(t *testing.T) {
	t.Helper()
	h.chats = map[string]*chat{}
	s := httptest.NewServer(h)
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	h.port = s.URL[strings.LastIndex(s.URL, ":"):]
}

func (h *house) at(host string) string { return "http://" + host + ".localhost" + h.port }

func (h *house) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	host, _, _ := strings.Cut(r.Host, ".")
	switch {
	case host == "search":
		to := h.at(h.name)
		if h.leads != "" {
			to = h.leads
		}
		h.page(w, "Search", fmt.Sprintf(`<h1>Results of a search</h1><a id=found href=%q>A line</a>`, to))
	case host == "weather":
		h.page(w, "Weather", `<h1>Sun until evening</h1>`)
	case r.URL.Path == "/log":
		h.log(w, r)
	case r.URL.Path == "/leave" && r.Method == http.MethodPost:
		h.leave(w, r)
	case r.Method == http.MethodPost:
		h.hear(w, r)
	default:
		h.show(w, r)
	}
}

func (h *house) page(w http.ResponseWriter, title, body string) {
	sum := sha256.Sum256([]byte(houseScript))
	head := w.Header()
	head.Set("Content-Type", "text/html; charset=utf-8")
	head.Set("Referrer-Policy", "same-origin")
	if !h.weak {
		head.Set("Cache-Control", "no-store")
	}
	head.Set("Content-Security-Policy", fmt.Sprintf("default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-%s'; connect-src 'self'; frame-src 'self'; frame-ancestors 'none'; form-action 'self' %s",
		base64.StdEncoding.EncodeToString(sum[:]), h.at("weather")))
	fmt.Fprintf(w, `<!doctype html><html lang=en><head><meta charset=utf-8><link rel=icon href="data:,"><title>%s</title></head><body><main>%s</main></body></html>`, title, body)
}

func (h *house) chat(r *http.Request) *chat {
	c, err := r.Cookie("__Host-s")
	if err != nil {
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.chats[c.Value]
}

func (h *house) cookie(w http.ResponseWriter, name, value string, age int) {
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, MaxAge: age, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

func (h *house) show(w http.ResponseWriter, r *http.Request) {
	const leave = `<form id=leave method=post action=/leave><button id=go>Leave now</button></form>`
	if c, err := r.Cookie("__Host-cover"); err == nil && c.Value != "" {
		h.page(w, "Home", `<h1>This page has closed</h1><p>You can close this tab.</p>`)
		return
	}
	if h.chat(r) == nil {
		h.page(w, "Home", leave+`<h1>How would you like to talk?</h1><form method=post action=/><button id=write name=go value=chat>Write now</button></form><p id=how></p><noscript>Without script</noscript><script>`+houseScript+`</script>`)
		return
	}
	h.page(w, "Home", leave+`<h1>We are listening</h1><iframe src=/log title=Messages></iframe>
		<form id=say method=post action=/><label>Your words <textarea id=w name=w></textarea></label><button id=send>Send</button></form><script>`+houseScript+`</script>`)
}

func (h *house) hear(w http.ResponseWriter, r *http.Request) {
	c := h.chat(r)
	if c == nil {
		id := rand.Text()
		c = &chat{more: make(chan struct{})}
		h.mu.Lock()
		h.chats[id] = c
		h.mu.Unlock()
		h.cookie(w, "__Host-s", id, 0)
	}
	if words := r.FormValue("w"); words != "" {
		h.mu.Lock()
		c.said = append(c.said, words)
		close(c.more)
		c.more = make(chan struct{})
		h.mu.Unlock()
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (h *house) log(w http.ResponseWriter, r *http.Request) {
	row := "<p>%s</p>"
	head := w.Header()
	head.Set("Cache-Control", "no-store")
	if r.Header.Get("Accept") == "text/event-stream" {
		row = "data: %s\n\n"
		head.Set("Content-Type", "text/event-stream")
	} else {
		head.Set("Content-Type", "text/html; charset=utf-8")
		head.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'self'")
		fmt.Fprint(w, `<!doctype html><html lang=en><meta charset=utf-8><title>Messages</title><body><p>Nobody else reads this.</p>`)
	}
	out := http.NewResponseController(w)
	c := h.chat(r)
	for sent := 0; c != nil; {
		h.mu.Lock()
		rows, more := c.said[sent:], c.more
		h.mu.Unlock()
		for _, words := range rows {
			fmt.Fprintf(w, row, html.EscapeString(words))
		}
		sent += len(rows)
		if out.Flush() != nil {
			return
		}
		if h.ends && head.Get("Content-Type") != "text/event-stream" {
			return
		}
		select {
		case <-more:
		case <-r.Context().Done():
			return
		}
	}
}

func (h *house) leave(w http.ResponseWriter, r *http.Request) {
	head := w.Header()
	head.Set("Cache-Control", "no-store")
	if !h.weak {
		head.Set("Clear-Site-Data", `"cache", "storage"`)
		h.cookie(w, "__Host-s", "", -1)
		h.cookie(w, "__Host-cover", "1", 600)
	}
	http.Redirect(w, r, h.at("weather"), http.StatusSeeOther)
}
