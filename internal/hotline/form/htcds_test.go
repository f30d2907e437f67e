package form_test

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/form"
)

func TestExportIsShapedAsTheStandard(t *testing.T) {
	t.Parallel()
	f := shipped(t)[string(hotline.Self)]
	v := map[string]form.Value{
		form.SafeNow: chose("yes"), form.Type: chose("crisis"), "setting": chose("boat"), "exploitation": chose("forced_labour", "forced_crime"),
		"industry": chose("fishing"), "control": chose("papers", "movement", "debt"), "controller_is": chose("employer"),
		"needs": chose("legal", "immigration", "extraction"), "gender": chose("man"), "language": wrote("id"), "name": wrote("Budi"),
		"address": wrote("Pier 4"), "age_group": without(form.Declined), "people": wrote("12"), "nationality": wrote("ID"),
		"boat_name": wrote("Sea 7"), "birth_year": wrote("1990"), // the last is not shown: he is asked only if he may be a minor
	}
	got := f.Export("self", 3, v, f.Kept("confidential"))
	want := form.Exported{
		Standard: "HTCDS", Version: "2.0", Form: "self", Edition: 3,
		HTCDS: map[string]any{
			"vic_TypeOfExploitation": []string{"ForcedLabour", "Other"}, "vic_ForcedLabourIndustry": "A_AgricultureForestryAndFishing",
			"vic_MethodsOfControl": []string{"WithholdsDocuments", "DebtBondage"}, "spl_Type": []string{"Legal"}, "prs_Gender": "Masculine",
			"prs_PrimaryLanguage": "id", "prs_FirstName": "Budi", "hte_Street": "Pier 4", "prs_Citizenship": []string{"ID"},
		},
		Own: map[string][]string{
			form.SafeNow: {"yes"}, form.Type: {"crisis"}, "setting": {"boat"}, "exploitation": {"forced_crime"}, "industry": {"fishing"},
			"control": {"movement"}, "controller_is": {"employer"}, "needs": {"legal", "immigration", "extraction"}, "people": {"12"}, "boat_name": {"Sea 7"},
		},
		Without: map[string]string{"age_group": form.Declined},
	}
	if d := cmp.Diff(got, want); d != "" {
		t.Errorf("exported (-got +want):\n%s", d)
	}
	b, err := json.Marshal(f.Export("self", 3, v, f.Kept("anonymous")))
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"Budi", "Pier 4", "Sea 7"} {
		if strings.Contains(string(b), secret) {
			t.Errorf("an anonymous record exports %q", secret)
		}
	}
}

// Every answer that we ship comes out of an export, in the standard's words or in
// ours, and in none that the standard has not.
func TestNothingIsLostInAnExport(t *testing.T) {
	t.Parallel()
	known := form.HTCDSCodes()
	for name, f := range shipped(t) {
		for _, field := range f.Fields {
			f := form.Form{Fields: []form.Field{field}}
			f.Fields[0].When = nil
			for _, o := range field.Options {
				if o.HTCDS != "" && !slices.Contains(known, o.HTCDS) {
					t.Errorf("%s: %s is not in the table", name, o.HTCDS)
				}
				x := f.Export(name, 1, map[string]form.Value{field.Code: chose(o.Code)}, f.Kept("share"))
				if len(x.HTCDS)+len(x.Own) == 0 {
					t.Errorf("%s: %s of %s is lost", name, o.Code, field.Code)
				}
				for _, p := range field.Options { // and can be told from every other
					y := f.Export(name, 1, map[string]form.Value{field.Code: chose(p.Code)}, f.Kept("share"))
					if p.Code != o.Code && cmp.Equal(x, y) {
						t.Errorf("%s: %s and %s of %s come out alike", name, o.Code, p.Code, field.Code)
					}
				}
			}
		}
	}
}

// The table says what the standard says. Its files do not lie in this tree; where they
// lie beside it, every name is looked up there.
func TestTableIsOfTheStandard(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("htcds.json")
	if err != nil {
		t.Fatal(err)
	}
	var table map[string]struct {
		Many  bool
		Codes []string
	}
	if err := json.Unmarshal(b, &table); err != nil {
		t.Fatal(err)
	}
	if n := len(form.HTCDSCodes()); n < 100 {
		t.Errorf("the table has %d codes", n)
	}
	facts := filepath.Join("..", "..", "..", "..", "shared", "data", "htcds")
	codes, err := os.Open(filepath.Join(facts, "htcds_2.0_codes.csv"))
	if err != nil {
		t.Log("the standard's own files are not here; the table was checked against itself")
		return
	}
	defer codes.Close()
	rows, err := csv.NewReader(codes).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	theirs := map[string][]string{}
	for _, row := range rows[1:] {
		theirs[row[0]] = append(theirs[row[0]], row[1])
	}
	fields, err := os.Open(filepath.Join(facts, "htcds_2.0_fields.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer fields.Close()
	rows, err = csv.NewReader(fields).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	many := map[string]bool{}
	for _, row := range rows[1:] {
		many[row[6]] = strings.Contains(row[7], "Multiselect")
	}
	for field, ours := range table {
		m, ok := many[field]
		if !ok || m != ours.Many {
			t.Errorf("%s: in the standard %v, takes several %v", field, ok, m)
		}
		if !cmp.Equal(ours.Codes, theirs[field]) {
			t.Errorf("%s: %v, in the standard %v", field, ours.Codes, theirs[field])
		}
	}
}
