// Package bench measures the line as it runs, in one table: what a caller and an
// advocate wait for, and what the machine gives for it. Figures of different rows
// are of the same run and are compared inside it; what misses its goal is said.
package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"text/tabwriter"
	"time"
)

// A Row is one figure. Goal is empty where a figure is shown for comparison.
type Row struct {
	Name   string  `json:"name"`
	Engine string  `json:"engine"`
	Value  float64 `json:"value"`
	Unit   string  `json:"unit"`
	Goal   string  `json:"goal"`
	Met    *bool   `json:"met"` // null where there is no goal
}

// A Table gathers rows.
type Table struct{ Rows []Row }

// AtLeast adds a figure that should be no less than its goal.
func (t *Table) AtLeast(name, engine string, value float64, unit string, goal float64) {
	met := value >= goal
	t.Rows = append(t.Rows, Row{name, engine, value, unit, fmt.Sprintf("≥ %g", goal), &met})
}

// AtMost adds a figure that should be no more than its goal.
func (t *Table) AtMost(name, engine string, value float64, unit string, goal float64) {
	met := value <= goal
	t.Rows = append(t.Rows, Row{name, engine, value, unit, fmt.Sprintf("≤ %g", goal), &met})
}

// Shown adds a figure without a goal.
func (t *Table) Shown(name, engine string, value float64, unit string) {
	t.Rows = append(t.Rows, Row{Name: name, Engine: engine, Value: value, Unit: unit})
}

// Print writes the table, and says what misses its goal.
func (t *Table) Print(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "WHAT\tENGINE\tVALUE\tUNIT\tGOAL\t")
	for _, r := range t.Rows {
		said := ""
		if r.Met != nil && !*r.Met {
			said = "MISSED"
		}
		fmt.Fprintf(w, "%s\t%s\t%.4g\t%s\t%s\t%s\n", r.Name, r.Engine, r.Value, r.Unit, r.Goal, said)
	}
	return w.Flush()
}

// Save writes the rows as JSON.
func (t *Table) Save(path string) error {
	b, err := json.MarshalIndent(t.Rows, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(b, '\n'), 0o600)
}

// Percentile is the p-th of durations, in milliseconds.
func Percentile(all []time.Duration, p float64) float64 {
	if len(all) == 0 {
		return 0
	}
	all = slices.Clone(all)
	slices.Sort(all)
	return float64(all[min(len(all)-1, int(float64(len(all))*p/100))]) / float64(time.Millisecond)
}
