package front

import (
	"context"

	"github.com/freeline-org/freeline/internal/hotline/contact"
	"github.com/freeline-org/freeline/internal/hotline/own"
)

// Behind is what is done with a typed code until it is known whether it opens.
func Behind(ctx context.Context, o *own.Own, b *contact.Book, try own.Typed) error {
	_, _, err := callers{own: o, book: b}.behind(ctx, try)
	return err
}

// Seen lists the columns that a caller is told of.
func Seen() (all []string) {
	for _, s := range seen() {
		all = append(all, s.columns...)
	}
	return all
}
