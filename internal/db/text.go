package db

import (
	"regexp"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/freeline-org/freeline/internal/db/internal/ear"
)

// unlike finds what is written differently for SQLite, and the quoted text and
// comments in which nothing is looked for.
var unlike = regexp.MustCompile(`(?is)'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|/\*.*?\*/|\$\d+|` +
	`\sFOR\s+(?:NO\s+KEY\s+)?UPDATE\b(?:\s+OF\s+\w+(?:\s*,\s*\w+)*)?(?:\s+(?:SKIP\s+LOCKED|NOWAIT)\b)?`)

// lite writes a statement for SQLite: $1 becomes ?1, which only some drivers read
// as a number, and the row locks go, since its one writer is the lock.
func lite(query string) string {
	return unlike.ReplaceAllStringFunc(query, func(s string) string {
		switch {
		case s[0] == '$':
			return "?" + s[1:]
		case strings.TrimSpace(s[:1]) == "":
			return ""
		}
		return s
	})
}

// texts remembers what was rewritten. Statements are constants of the program,
// but for lists of placeholders; beyond the most it holds, nothing is remembered.
type texts struct {
	seen sync.Map // of string to string
	n    atomic.Int32
}

const mostTexts = 2000

func (t *texts) lite(query string) string {
	if s, ok := t.seen.Load(query); ok {
		return s.(string) //nolint:errcheck,forcetypeassert // nothing else goes in
	}
	s := lite(query)
	if t.n.Add(1) <= mostTexts {
		t.seen.Store(query, s)
	}
	return s
}

// text is a statement as this engine takes it, at the moment at which it is run.
func (d *DB) text(query string) string {
	ear.Tell(d.ear, query)
	if d.engine == Postgres {
		return query
	}
	return d.texts.lite(query)
}
