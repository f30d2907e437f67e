package form_test

import (
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/db/dbtest"
	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/form"
)

// What was asked of her last year is read with last year's words, though the field is
// gone from the form since.
func TestOldRecordsKeepTheirEdition(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Engine) {
		ctx := t.Context()
		book, err := edition.New(ctx, e.Main, bus.Memory(), time.Now, edition.Kind{Name: form.Kind, Check: form.Check})
		if err != nil {
			t.Fatal(err)
		}
		k := form.Key(form.Name(hotline.Tip))
		if err := book.Begin(ctx, "amina", k, form.Shipped()[k.Name]); err != nil {
			t.Fatal(err)
		}
		first, err := book.Current(ctx, k)
		if err != nil || first.Mark() == "" {
			t.Fatalf("what we ship is marked %q, %v", first.Mark(), err)
		}
		f, err := form.Parse(first.Body)
		if err != nil {
			t.Fatal(err)
		}
		gone := f.Fields[len(f.Fields)-1]
		f.Fields = f.Fields[:len(f.Fields)-1]
		v, err := book.Write(ctx, "amina", k, f.Body(), 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := book.Publish(ctx, "amina", k, v); err != nil {
			t.Fatal(err)
		}
		old, err := book.Number(ctx, k, first.Number)
		if err != nil {
			t.Fatal(err)
		}
		if f, err = form.Parse(old.Body); err != nil {
			t.Fatal(err)
		}
		if got, ok := f.Field(gone.ID); !ok || got.Code != gone.Code {
			t.Errorf("the old edition has lost %s", gone.Code)
		}
		f.Fields[0].Required = false
		if v, err = book.Write(ctx, "amina", k, f.Body(), 0); err != nil {
			t.Fatal(err)
		}
		if _, err := book.Publish(ctx, "amina", k, v); err == nil {
			t.Error("a form that lets her safety be forgotten is published")
		}
	})
}
