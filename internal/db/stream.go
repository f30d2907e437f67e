package db

import "strings"

// stream is what is left of a statement's tokens. Comments stand apart, each
// with the number of tokens before it and whether a line began between.
type stream struct {
	all      []string
	notes    []note
	comments []string // of an item
}

type note struct {
	after int
	text  string
	same  bool // on the line of the token before it
}

func tokens(statement string) stream {
	var ts stream
	fresh := true // no token on this line yet
	for i := 0; i < len(statement); {
		kind, end := scan(statement, i)
		token := statement[i:end]
		i = end
		switch {
		case kind != blank:
			ts.all = append(ts.all, token)
			fresh = false
		case strings.HasPrefix(token, "--"):
			ts.notes = append(ts.notes, note{len(ts.all), token, !fresh})
		default:
			fresh = fresh || strings.Contains(token, "\n")
		}
	}
	return ts
}

// skip steps over words, if all of them come next.
func (ts *stream) skip(words ...string) bool {
	if len(ts.all) < len(words) {
		return false
	}
	for i, w := range words {
		if !strings.EqualFold(ts.all[i], w) {
			return false
		}
	}
	ts.drop(len(words))
	return true
}

// next takes a name.
func (ts *stream) next() string {
	if len(ts.all) == 0 {
		return ""
	}
	name := strings.Trim(ts.all[0], `"`)
	ts.drop(1)
	return name
}

func (ts *stream) drop(n int) {
	ts.all = ts.all[n:]
	for i := range ts.notes {
		ts.notes[i].after -= n
	}
}

// item takes what stands before the next comma, or the closing parenthesis, with
// the comments that belong to it: those behind its first token, and those behind
// the comma on the same line. more says that another item follows.
func (ts *stream) item() (item stream, more bool) {
	depth, n := 0, 0
	for ; n < len(ts.all); n++ {
		t := ts.all[n]
		if depth == 0 && (t == "," || t == ")" || t == ";") {
			break
		}
		switch t {
		case "(":
			depth++
		case ")":
			depth--
		}
	}
	item.all = ts.all[:n]
	more = n < len(ts.all) && ts.all[n] == ","
	for _, c := range ts.notes {
		if c.after > 0 && (c.after <= n || c.after == n+1 && c.same) {
			item.comments = append(item.comments, c.text)
		}
	}
	ts.drop(min(n+1, len(ts.all)))
	return item, more
}
