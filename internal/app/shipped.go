package app

import (
	"slices"

	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/interpret"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/safety"
)

// shipped are the editions that a line of these languages begins with: drafts that
// nobody has reviewed.
func shipped(languages []string) map[edition.Key]string {
	out := map[edition.Key]string{}
	for k, body := range policy.Shipped() {
		if slices.Contains(languages, k.Lang) {
			out[k] = body
		}
	}
	out[policy.KeepKey()] = policy.ShippedKeep().JSON()
	out[policy.HarmKey()] = policy.ShippedHarmDeadlines().JSON()
	for lang, body := range interpret.Shipped() {
		out[interpret.PhrasesKey(lang)] = body
	}
	for k, body := range safety.Shipped() {
		if slices.Contains(languages, k.Lang) {
			out[k] = body
		}
	}
	for name, body := range form.Shipped() {
		out[form.Key(name)] = body
	}
	return out
}
