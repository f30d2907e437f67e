package db

import (
	"fmt"
	"regexp"
	"strings"
)

// words are the type words of migrations, for SQLite and for PostgreSQL. A
// {{serial}} is never given twice, even if the newest row was deleted;
// {{rowless}} stands behind a table's last parenthesis and leaves it without an
// order of arrival where the engine keeps one.
var words = map[string]map[Engine]string{ //nolint:gochecknoglobals // a constant table
	"{{blob}}":    {SQLite: "BLOB", Postgres: "BYTEA"},
	"{{float}}":   {SQLite: "REAL", Postgres: "DOUBLE PRECISION"},
	"{{serial}}":  {SQLite: "INTEGER PRIMARY KEY AUTOINCREMENT", Postgres: "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"},
	"{{rowless}}": {SQLite: "WITHOUT ROWID", Postgres: ""},
}

var word = regexp.MustCompile(`\{\{[^{}]*\}\}`)

// script makes a migration's statements for one engine.
func script(text string, engine Engine) ([]string, error) {
	text, err := section(text, engine)
	if err != nil {
		return nil, err
	}
	text = word.ReplaceAllStringFunc(text, func(w string) string {
		of, ok := words[w]
		if !ok {
			err = fmt.Errorf("no such type word: %s", w)
		}
		return of[engine]
	})
	return split(text), err
}

// section leaves out what is for the other engine: lines between "-- only: x"
// and "-- end only".
func section(text string, engine Engine) (string, error) {
	var out strings.Builder
	inside, on := false, true
	for n, line := range strings.SplitAfter(text, "\n") {
		mark := strings.TrimSpace(line)
		of, only := strings.CutPrefix(mark, "-- only:")
		switch {
		case only && inside:
			return "", fmt.Errorf("line %d: a section within a section", n+1)
		case only:
			e := Engine(strings.TrimSpace(of))
			if e != SQLite && e != Postgres {
				return "", fmt.Errorf("line %d: only for %q?", n+1, e)
			}
			inside, on = true, e == engine
		case mark == "-- end only" && !inside:
			return "", fmt.Errorf("line %d: no section ends here", n+1)
		case mark == "-- end only":
			inside, on = false, true
		case on:
			out.WriteString(line)
		}
	}
	if inside {
		return "", fmt.Errorf("a section has no %q", "-- end only")
	}
	return out.String(), nil
}

// split cuts a text into statements, each with its semicolon and what stands
// behind it on the same line. A trigger's body stays whole. What holds no
// statement is left out.
func split(text string) []string {
	var all []string
	var head []string // the statement's first words
	start, depth := 0, 0
	for i := 0; i < len(text); {
		kind, end := scan(text, i)
		token := text[i:end]
		i = end
		switch {
		case kind == bare:
			w := strings.ToUpper(token)
			if len(head) < 4 {
				head = append(head, w)
			}
			depth = nest(head, w, depth)
		case kind == blank:
		case token == ";" && depth == 0:
			i = restOfLine(text, i)
			if len(head) > 0 {
				all = append(all, strings.Trim(text[start:i], blanks))
			}
			start, head = i, nil
		case len(head) == 0:
			head = append(head, token)
		}
	}
	if len(head) > 0 {
		all = append(all, strings.TrimLeft(text[start:], blanks))
	}
	return all
}

// nest counts BEGIN, CASE and END inside CREATE [TEMP|TEMPORARY] TRIGGER.
func nest(head []string, w string, depth int) int {
	if len(head) < 2 || head[0] != "CREATE" || head[1] != "TRIGGER" && (len(head) < 3 || head[2] != "TRIGGER") {
		return 0
	}
	switch w {
	case "BEGIN", "CASE":
		return depth + 1
	case "END":
		return max(depth-1, 0)
	}
	return depth
}

// restOfLine steps over blanks and one comment, if nothing else follows.
func restOfLine(text string, i int) int {
	line, _, _ := strings.Cut(text[i:], "\n")
	if t := strings.TrimSpace(line); t == "" || strings.HasPrefix(t, "--") {
		return i + len(line)
	}
	return i
}

const blanks = " \t\r\n"

// kind is what a token is.
type kind uint8

const (
	blank  kind = iota // white space or a comment
	bare               // a word or number
	quoted             // text, a quoted name, a dollar-quoted body
	sign               // anything else, one byte
)

var dollar = regexp.MustCompile(`^\$(?:[A-Za-z_][A-Za-z_0-9]*)?\$`)

// scan returns the kind and the end of the token at i. What is not closed ends
// with the text.
func scan(s string, i int) (kind, int) {
	until := func(from int, close string) int {
		if n := strings.Index(s[from:], close); n >= 0 {
			return from + n + len(close)
		}
		return len(s)
	}
	switch c := s[i]; {
	case strings.HasPrefix(s[i:], "--"):
		if n := strings.IndexByte(s[i:], '\n'); n >= 0 {
			return blank, i + n
		}
		return blank, len(s)
	case strings.HasPrefix(s[i:], "/*"):
		return blank, until(i+2, "*/")
	case c == '\'' || c == '"':
		return quoted, until(i+1, string(c)) // a doubled quote is two tokens side by side
	case c == '$':
		if tag := dollar.FindString(s[i:]); tag != "" {
			return quoted, until(i+len(tag), tag)
		}
		return sign, i + 1
	case strings.IndexByte(blanks, c) >= 0:
		for i < len(s) && strings.IndexByte(blanks, s[i]) >= 0 {
			i++
		}
		return blank, i
	case wordly(c):
		for i < len(s) && wordly(s[i]) {
			i++
		}
		return bare, i
	}
	return sign, i + 1
}

func wordly(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80
}
