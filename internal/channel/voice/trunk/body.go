package trunk

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// described returns the description of sound in a message: its body, or one part of
// it, where a carrier adds others. The code is 0, or how a request is refused.
func described(msg sip.Message) (body []byte, code int) {
	body = msg.Body()
	if len(body) == 0 {
		return nil, 0
	}
	if h := header(msg, "Content-Encoding", "e"); h != "" && !strings.EqualFold(h, "identity") {
		return nil, 415
	}
	kind, params, err := mime.ParseMediaType(header(msg, "Content-Type", "c"))
	switch {
	case err != nil:
		return nil, 400
	case kind == "application/sdp":
		return body, 0
	case kind != "multipart/mixed" && kind != "multipart/alternative":
		return nil, 415
	}
	parts := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	for range 8 {
		p, err := parts.NextPart()
		if err != nil {
			break
		}
		if kind, _, err := mime.ParseMediaType(p.Header.Get("Content-Type")); err == nil && kind == "application/sdp" {
			body, err = io.ReadAll(io.LimitReader(p, 16<<10))
			if err != nil {
				return nil, 400
			}
			return body, 0
		}
	}
	return nil, 415
}

// digit reads a key that was pressed and sent as INFO, in either of the forms in use.
func digit(req *sip.Request) (d byte, known bool) {
	kind, _, _ := strings.Cut(strings.ToLower(header(req, "Content-Type", "c")), ";")
	text := string(req.Body())
	switch strings.TrimSpace(kind) {
	case "application/dtmf":
	case "application/dtmf-relay":
		_, rest, ok := strings.Cut(strings.ToLower(text), "signal")
		if !ok {
			return 0, false
		}
		text, _, _ = strings.Cut(strings.TrimLeft(rest, "= \t"), "\n")
	default:
		return 0, false
	}
	switch text = strings.ToUpper(strings.TrimSpace(text)); text {
	case "10":
		return '*', true
	case "11":
		return '#', true
	case "12", "13", "14", "15":
		return 'A' + text[1] - '2', true
	}
	if len(text) != 1 || !strings.Contains("0123456789*#ABCD", text) {
		return 0, false
	}
	return text[0], true
}

// header is the value of the first header of these names, or "".
func header(msg sip.Message, names ...string) string {
	for _, n := range names {
		if all := msg.GetHeaders(n); len(all) > 0 {
			return all[0].Value()
		}
	}
	return ""
}

// tags are the words of all headers of these names.
func tags(msg sip.Message, names ...string) []string {
	var all []string
	for _, n := range names {
		for _, h := range msg.GetHeaders(n) {
			for t := range strings.SplitSeq(h.Value(), ",") {
				if t = strings.ToLower(strings.TrimSpace(t)); t != "" {
					all = append(all, t)
				}
			}
		}
	}
	return all
}
