package cli

import (
	"errors"
	"flag"

	"github.com/freeline-org/freeline/internal/app"
	"github.com/freeline-org/freeline/internal/backup"
	"github.com/freeline-org/freeline/internal/box"
	"github.com/freeline-org/freeline/internal/i18n"
	"github.com/freeline-org/freeline/internal/problem"
	"github.com/freeline-org/freeline/internal/shred"
)

// spoken says a failure as the operator may read it, and what to do where something
// can be done. A failure that has no words of its own comes back as it is.
func spoken(err error) error {
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return err
	}
	const again = "If it is lost, bring the line back from its backup into an empty directory: freeline restore -h"
	for _, known := range []struct {
		is    error
		words string
	}{
		{shred.ErrOld, "the store of secrets is missing, empty, or older than the main database. Nothing was changed. Put the right one back, with its file of keys (.keys). " + again},
		{app.ErrKey, "the file with the operational key (keys.operational_key_file) is missing, or is not such a key. Put it back. " + again},
		{app.ErrNoLine, "there is no line here yet: freeline init makes one; -config says where another one is"},
		{box.ErrOpen, "the operational key does not open this line's store of secrets: one of the two is another line's, or was changed. Put back the key that belongs here. " + again},
		{backup.ErrRecipient, "an offline recipient (backup.recipients) is missing, or is not one: make a key pair on a machine without a network, with age-keygen -pq, and give its public half (age1pq…)"},
		{backup.ErrBroken, "a file is not a backup, or it was cut short or changed. Nothing was brought back. Take another copy of it"},
		{backup.ErrIdentity, "the offline key does not open the backup. Nothing was brought back. Take the private half of a key that it was sealed to"},
	} {
		if errors.Is(err, known.is) {
			return errors.New(known.words)
		}
	}
	p, ok := errors.AsType[*problem.Error](err)
	if !ok {
		return err
	}
	words, bad := i18n.Load()
	if bad != nil {
		return err
	}
	return errors.New(words.For(i18n.Fallback).T(p.Key))
}
