package flow

import (
	"fmt"
	"strconv"
	"time"

	"github.com/freeline-org/freeline/internal/hotline/seal"
)

// Pieces lists the names of what is said beside the words of steps: whole sentences for
// places and waits, so that they are right in every language, and the parts of which
// digits and times are made.
func Pieces() []string {
	out := []string{"place.next"}
	for n := 1; n <= mostBefore; n++ {
		out = append(out, "place."+strconv.Itoa(n))
	}
	out = append(out, "place.more")
	for _, w := range waits() {
		out = append(out, w.name)
	}
	out = append(out, "wait.long", "wait.open", "digits.are", "digits.none", "digits.found", "digits.again", "music.off", "music.on", "through.now", "through.failed",
		askHours, askLeave, askNumber, "back.typed", askRight, "back.kept", "back.failed")
	for n := range 10 {
		out = append(out, "digit."+strconv.Itoa(n))
	}
	for _, d := range openingDays() {
		out = append(out, "opens."+d)
	}
	for h := range 24 {
		out = append(out, "hour."+strconv.Itoa(h))
	}
	return append(out, "hour.half")
}

const mostBefore = 10 // people before her whom a sentence of its own counts

// waits are the waits that are said, each to those who wait no longer than that.
func waits() []struct {
	name string
	most time.Duration
} {
	return []struct {
		name string
		most time.Duration
	}{
		{"wait.2", 2 * time.Minute},
		{"wait.5", 5 * time.Minute},
		{"wait.10", 10 * time.Minute},
		{"wait.20", 20 * time.Minute},
		{"wait.30", 30 * time.Minute},
		{"wait.60", time.Hour},
	}
}

// placeWords tell how she stands, honestly: a wait is said that is not shorter than
// what is thought, and none where nobody knows.
func placeWords(p Place) []string {
	place := "place.more"
	switch {
	case p.Before <= 0:
		place = "place.next"
	case p.Before <= mostBefore:
		place = "place." + strconv.Itoa(p.Before)
	}
	if !p.Known {
		return []string{place, "wait.open"}
	}
	for _, w := range waits() {
		if p.Wait <= w.most {
			return []string{place, w.name}
		}
	}
	return []string{place, "wait.long"}
}

// digitWords say digits one by one, twice, as one reads a number to somebody who
// writes it down.
func digitWords(digits seal.Text) []string {
	out := []string{"digits.are"}
	for _, d := range digits.Reveal() {
		out = append(out, "digit."+string(d))
	}
	return append(out, out[1:]...)
}

// Opening is when the line opens next, as one says it. The zero one says nothing.
type Opening struct {
	Day  string `json:"day,omitempty"` // today, tomorrow, or a weekday such as mon
	Hour int    `json:"hour,omitempty"`
	Half bool   `json:"half,omitempty"` // half an hour later
}

func openingDays() []string {
	return []string{"today", "tomorrow", "mon", "tue", "wed", "thu", "fri", "sat", "sun"}
}

// OpeningOf puts a moment into words, seen from another, both in the line's zone. It is
// said to the half hour, never too early. What is further away than a week has no words.
func OpeningOf(now, opens time.Time) Opening {
	if opens.IsZero() || !opens.After(now) {
		return Opening{}
	}
	const half = 30
	if m := opens.Minute() % half; m != 0 || opens.Second() != 0 {
		opens = opens.Add(time.Duration(half-m)*time.Minute - time.Duration(opens.Second())*time.Second)
	}
	noon := func(t time.Time) time.Time {
		return time.Date(t.Year(), t.Month(), t.Day(), 12, 0, 0, 0, time.UTC)
	}
	o := Opening{Hour: opens.Hour(), Half: opens.Minute() >= half}
	switch days := int(noon(opens).Sub(noon(now)) / (24 * time.Hour)); {
	case days == 0:
		o.Day = "today"
	case days == 1:
		o.Day = "tomorrow"
	case days < 7:
		o.Day = [...]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}[opens.Weekday()]
	default:
		return Opening{}
	}
	return o
}

func (o Opening) words() []string {
	if o.Day == "" {
		return nil
	}
	out := []string{"opens." + o.Day, fmt.Sprintf("hour.%d", o.Hour)}
	if o.Half {
		out = append(out, "hour.half")
	}
	return out
}
