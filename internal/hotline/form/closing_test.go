package form_test

import (
	"reflect"
	"testing"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/form"
)

// At a closing nothing is counted but codes of the list; what is known of every contact
// is added where nobody has written it down.
func TestClosing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		f       hotline.Facts
		channel hotline.Channel
		lang    string
		want    hotline.Facts
	}{
		{nil, hotline.Chat, "fil-PH", hotline.Facts{"channel": {"chat"}, "language": {"fil"}}},
		{hotline.Facts{"type": {"tip"}, "channel": {"phone"}, "language": {"es"}}, hotline.Chat, "en", hotline.Facts{"type": {"tip"}, "channel": {"phone"}, "language": {"es"}}},
		{hotline.Facts{"type": {"She said that", "tip", "tip"}, "name": {"tip"}}, "a channel", "", hotline.Facts{"type": {"tip"}}},
		{hotline.Facts{"region": {"x_boats", "x boats"}}, "", "english", hotline.Facts{"region": {"x_boats"}}},
	} {
		if got := form.Closing(c.f, c.channel, c.lang); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%v: got %v, want %v", c.f, got, c.want)
		}
	}
}
