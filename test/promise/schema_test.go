package promise_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/db"
)

// counted are the tables of what is counted.
var counted = regexp.MustCompile(`^(fact|tally)(_|$)`)

// mayCount lists the columns that a table of counts may have. A fact tells the month,
// a tally the hour of the week; none has a name, an order or a moment by which it
// could be joined to a contact.
func mayCount(table string) []string {
	codes := []string{"month", "codes", "channel", "lang", "counter", "n"}
	switch {
	case table == "fact_pending":
		return []string{"id", "sealed"} // random, and sealed to the team of figures
	case strings.HasPrefix(table, "tally"):
		return append(codes, "weekday", "hour")
	}
	return codes
}

// joins says by which columns figures could be led back to a contact.
func joins(columns []db.Column) (out []string) {
	for _, c := range columns {
		if !counted.MatchString(c.Table) {
			continue
		}
		if !slices.Contains(mayCount(c.Table), c.Name) {
			out = append(out, fmt.Sprintf("%s.%s joins figures to contacts", c.Table, c.Name))
		}
		if c.Table == "fact_pending" && c.Name == "sealed" && (!c.Sealed || !strings.Contains(c.Why, "stats")) {
			out = append(out, "fact_pending.sealed is not sealed to the team of figures")
		}
	}
	return out
}

// P12: facts carry no key, order or hour that joins them to contacts. The rule holds
// for every table that counts, whoever adds it.
func TestFiguresLeadToNobody(t *testing.T) {
	t.Parallel()
	columns, err := db.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for _, complaint := range joins(columns) {
		t.Error(complaint)
	}
	col := func(table, name string, sealed bool, why string) db.Column {
		return db.Column{Table: table, Name: name, Sealed: sealed, Why: why}
	}
	for _, planted := range []db.Column{
		col("fact", "contact", false, ""), col("fact", "hour", false, ""), col("fact", "at", false, ""), col("fact", "id", false, ""), col("fact", "seq", false, ""),
		col("tally", "day", false, ""), col("tally_sent", "person", false, ""), col("fact_pending", "at", false, ""), col("fact_pending", "sealed", false, "codes"), col("fact_pending", "sealed", true, "S"),
	} {
		if len(joins([]db.Column{planted})) == 0 {
			t.Errorf("%s.%s was let pass", planted.Table, planted.Name)
		}
	}
	fine := []db.Column{col("fact", "month", false, ""), col("tally", "hour", false, ""), col("fact_pending", "sealed", true, "team stats"), col("factory", "owner", false, "")}
	if got := joins(fine); len(got) > 0 {
		t.Errorf("complaints about a sound schema: %q", got)
	}
}

// No table has room for an address of a visitor's, or a name.
func TestNoRoomForAddresses(t *testing.T) {
	t.Parallel()
	columns, err := db.Columns()
	if err != nil {
		t.Fatal(err)
	}
	telling := regexp.MustCompile(`(^|_)(ip|addr|address|host|agent|useragent|referer|phone|number|email|name|birth|gps|lat|lon)(_|$)`)
	may := []string{"line.name", "queue.name", "edition.name", "signoff.name", "migration.name", "edition.number"}
	for _, c := range columns {
		if at := c.Table + "." + c.Name; telling.MatchString(c.Name) && !c.Sealed && !slices.Contains(may, at) {
			t.Errorf("%s could hold what leads to a caller, readable", at)
		}
	}
}
