package front

import (
	"testing"
	"time"

	"github.com/freeline-org/freeline/internal/i18n"
)

func TestHoursInWords(t *testing.T) {
	t.Parallel()
	words, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	tuesday := time.Date(2026, 11, 24, 14, 10, 0, 0, time.UTC)
	at := func(day, hour, min int) time.Time { return time.Date(2026, 11, day, hour, min, 0, 0, time.UTC) }
	for _, c := range []struct {
		s      Standing
		en, fr string
	}{
		{Standing{Open: true, Always: true}, "Open now, day and night", "Ouvert maintenant, jour et nuit"},
		{Standing{Open: true}, "Open now", "Ouvert maintenant"},
		{Standing{Open: true, Turns: at(24, 23, 0)}, "Open now, until 11:00 pm", "Ouvert maintenant, jusqu’à 23 h 00"},
		{Standing{Open: true, Turns: at(25, 0, 5)}, "Open now, until 12:05 am", "Ouvert maintenant, jusqu’à 0 h 05"},
		{Standing{Open: true, Turns: at(26, 23, 0)}, "Open now", "Ouvert maintenant"},
		{Standing{}, "Closed now", "Fermé maintenant"},
		{Standing{Turns: at(24, 18, 30)}, "Closed now. We open at 6:30 pm", "Fermé maintenant. Nous ouvrons à 18 h 30"},
		{Standing{Turns: at(25, 12, 0)}, "Closed now. We open tomorrow at 12:00 pm", "Fermé maintenant. Nous ouvrons demain à 12 h 00"},
		{Standing{Turns: at(30, 8, 0)}, "Closed now. We open on Monday at 8:00 am", "Fermé maintenant. Nous ouvrons lundi à 8 h 00"},
		{Standing{Turns: at(24, 14, 0).AddDate(0, 0, 7)}, "Closed now", "Fermé maintenant"},
	} {
		c.s.Now = tuesday
		if got := hours(words.For("en"), c.s); got != c.en {
			t.Errorf("%q, want %q", got, c.en)
		}
		if got := hours(words.For("fr"), c.s); got != c.fr {
			t.Errorf("%q, want %q", got, c.fr)
		}
	}
}

// What a person reads is in the line's time zone, on the day that the clock changes
// too.
func TestStampsAreInTheLinesOwnZone(t *testing.T) {
	t.Parallel()
	words, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	madrid, err := time.LoadLocation("Europe/Madrid")
	if err != nil {
		t.Skip("this machine has no time zones")
	}
	now := time.Date(2026, 10, 25, 9, 0, 0, 0, madrid)
	for at, want := range map[time.Time]string{
		time.Date(2026, 10, 25, 7, 30, 0, 0, time.UTC):  "Noor, 8:30 am",
		time.Date(2026, 10, 24, 22, 30, 0, 0, time.UTC): "Noor, 12:30 am",
		time.Date(2026, 10, 24, 21, 30, 0, 0, time.UTC): "Noor, Saturday, 11:30 pm",
	} {
		if got := stamp(words.For("en"), "Noor", at, now); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
