package admin

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/freeline-org/freeline/internal/channel/voice/flow"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/protocol"
	"github.com/freeline-org/freeline/internal/i18n"
)

// send is what a browser sends of a form that nobody has changed.
func send(in url.Values, parts []part, t tree, under string) url.Values {
	for _, p := range parts {
		at, v := p.field(under), value(t, p.name)
		switch p.look {
		case words:
			in.Set(at, strings.Join(listed(v), "\n"))
		case conds:
			in.Set(at, strings.Join(condLines(v), "\n"))
		case many, ranked:
			in[at] = listed(v)
		case flag:
			if written(v) == "true" {
				in.Set(at, flagOn)
			}
		case rows:
			for i, item := range v.rows() {
				row := at + strconv.Itoa(i+1)
				in.Set(row+".was", strconv.Itoa(i+1))
				send(in, p.parts, item, row)
			}
		case line, area, number, one:
			in.Set(at, written(v))
		}
	}
	return in
}

// The form of a protocol asks for all of it: sent back unchanged, each one that we ship
// is the same again, even to somebody who begins from nothing; and it fits.
func TestAProtocolGoesThroughItsFormUnchanged(t *testing.T) {
	t.Parallel()
	catalogue, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	parts := (&Admin{Parts: Parts{Words: catalogue}}).protocolParts()
	for name, body := range protocol.Shipped() {
		in := send(url.Values{}, parts, growth(body), "")
		got, wrong := readParts(in, parts, growth(`{}`), "")
		text, err := got.MarshalJSON()
		if err != nil || len(wrong) > 0 {
			t.Fatalf("%s: %v, %v", name, wrong, err)
		}
		for _, d := range edition.Diff(body, string(text)) {
			if d.Op != ' ' {
				t.Errorf("%s: %c %s", name, d.Op, d.Text)
			}
		}
		if n := len(in.Encode()); n > largest {
			t.Errorf("%s: its form is %d bytes, and %d are taken", name, n, largest)
		}
	}
}

// What is changed in a step is compared under the name of the step, however far above it
// that stands, and under what it stands in; other steps are left out.
func TestAChangedStepIsNamed(t *testing.T) {
	t.Parallel()
	catalogue, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	a := &Admin{Parts: Parts{Words: catalogue}}
	s := shape{kind: protocol.Kind, parts: a.protocolParts()}
	p, err := protocol.Parse(protocol.Shipped()["minor"], protocol.Ours())
	if err != nil {
		t.Fatal(err)
	}
	was := p.Body()
	i := slices.IndexFunc(p.Steps, func(s protocol.Step) bool { return s.ID == "clock" })
	p.Steps[i].Minutes++
	j := slices.IndexFunc(p.Steps, func(s protocol.Step) bool { return s.ID == "due" })
	p.Steps[j].Options[1].Words["fr"] = form.Words{Label: "Bientôt"}
	all, _ := a.compared(catalogue.For("en"), s, was, p.Body())
	var heads []string
	for _, c := range all {
		if strings.HasPrefix(c.Text, "Step ") || strings.HasPrefix(c.Text, "Answer that") {
			heads = append(heads, c.Text)
		}
	}
	want := []string{"Step 14: What does it say?", "Answer that stands here alone 2: May be due, with time", "Answer that stands here alone 3: Nothing found", "Step 18: An hour. Then: has the office answered?"}
	if !slices.Equal(heads, want) {
		t.Errorf("compared under %q, want %q", heads, want)
	}
}

// So is a call flow.
func TestACallFlowGoesThroughItsFormUnchanged(t *testing.T) {
	t.Parallel()
	catalogue, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	parts := (&Admin{Parts: Parts{Words: catalogue}}).flowParts()
	in := send(url.Values{}, parts, growth(flow.Shipped()), "")
	got, wrong := readParts(in, parts, growth(`{}`), "")
	text, err := got.MarshalJSON()
	if err != nil || len(wrong) > 0 {
		t.Fatal(wrong, err)
	}
	was, err := flow.Parse(flow.Shipped())
	if err != nil {
		t.Fatal(err)
	}
	is, err := flow.Parse(string(text))
	if err != nil || is.Body() != was.Body() {
		t.Errorf("it comes back changed: %v", err)
	}
	if n := len(in.Encode()); n > largest {
		t.Errorf("its form is %d bytes, and %d are taken", n, largest)
	}
}
