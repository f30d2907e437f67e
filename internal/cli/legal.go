package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/freeline-org/freeline/internal/config"
	"github.com/freeline-org/freeline/internal/hotline/policy"
)

// largestStatement is how many bytes of a statement are read.
const largestStatement = 4 << 20

// legalVerify checks a signed statement of a line, such as the one that nothing was found.
// It needs no database and no network: the public half of the line's root is enough, from
// the settings or as a flag.
func legalVerify(_ context.Context, w World, args []string) error {
	set, file, settings := flags("legal verify")
	statement := set.String("statement", "", "the file with the signed statement; - reads it from the input")
	words := set.String("words", "", "a file with the words that it must be about, one name or number on each line")
	if len(args) == 0 || args[0] != "verify" {
		return errors.New("say what to do: freeline legal verify -statement FILE")
	}
	if err := parse(w, set, args[1:]); err != nil {
		return err
	}
	cfg, err := load(w, *file, settings)
	if err != nil {
		return err
	}
	body, typed, err := statementAnd(w, *statement, *words)
	if err != nil {
		return err
	}
	return sayStatement(w.Out, cfg, body, typed)
}

func statementAnd(w World, statement, words string) (body []byte, typed string, err error) {
	if statement == "-" {
		body, err = io.ReadAll(io.LimitReader(w.In, largestStatement))
	} else {
		body, err = os.ReadFile(statement)
	}
	if err != nil || words == "" {
		return body, "", err
	}
	read, err := os.ReadFile(words)
	return body, string(read), err
}

func sayStatement(out io.Writer, cfg config.Config, body []byte, typed string) error {
	s, err := policy.VerifyStatement(body, cfg.Keys.Root, cfg.Keys.Signatures, typed)
	if err != nil {
		return err
	}
	at := func(ms int64) string { return time.UnixMilli(ms).UTC().Format(time.RFC3339) }
	_, err = fmt.Fprintf(out, "the line %s says: %d contacts that began until %s, and %d situations, were looked at by %s; something was found in %d of them\nof %d contacts nothing was left; %d things did not open\n",
		s.Line, s.Contacts, at(s.Until), s.Situations, at(s.Ended), s.Found, s.Gone, s.Shut)
	if err == nil && typed != "" {
		_, err = fmt.Fprintln(out, "it is about the words that you gave")
	}
	return err
}
