package app

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/routing"
	"github.com/freeline-org/freeline/internal/i18n"
)

// KindLanguages is the edition kind of the languages that callers' pages are in.
const KindLanguages = "languages"

// checkLanguages refuses what no page is written in.
func checkLanguages(words *i18n.Catalogue) func(string) error {
	return func(body string) error {
		var tags []string
		var fs edition.Faults
		if json.Unmarshal([]byte(body), &tags) != nil || len(tags) == 0 {
			fs.Add(0, "", "edition.fault.json", "")
			return fs
		}
		for i, tag := range tags {
			if !slices.Contains(words.Tags(), tag) || slices.Index(tags, tag) != i {
				fs.Add(i+1, "", "edition.fault.unknown", tag)
			}
		}
		return fs.Err()
	}
}

// Languages are those of callers' pages, the first for whoever wants none of them.
func (l *Line) Languages(ctx context.Context) ([]string, error) {
	e, err := l.Editions.Current(ctx, routing.LineKey(KindLanguages))
	if err != nil {
		return l.words.Tags(), nil //nolint:nilerr // a line that has said nothing offers all
	}
	var tags []string
	return tags, json.Unmarshal([]byte(e.Body), &tags)
}

// SetLanguages changes them, at once.
func (l *Line) SetLanguages(ctx context.Context, by hotline.PersonID, tags []string) error {
	b, err := json.Marshal(tags)
	if err != nil {
		return err
	}
	key := routing.LineKey(KindLanguages)
	all, err := l.Editions.All(ctx, key)
	if err != nil {
		return err
	}
	var version int64
	for _, e := range all {
		if e.Number == 0 {
			version = e.Version
		}
	}
	if version, err = l.Editions.Write(ctx, by, key, string(b), version); err != nil {
		return err
	}
	_, err = l.Editions.Publish(ctx, by, key, version)
	return err
}
