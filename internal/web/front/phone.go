package front

// mostPhones is how many numbers stand on the home page, which must stay small.
const mostPhones = 4

// A phoneView is a number and what is said of it.
type phoneView struct {
	Number
	Notes []string
}

// Phones are the numbers to call: those of the page's language first, then those on
// which every language is spoken.
func (v homeView) Phones() (out []phoneView) {
	var others []phoneView
	for _, p := range v.Line.Phones {
		if p.Dial == "" {
			continue
		}
		switch p.Lang {
		case v.Tag():
			out = append(out, phoneView{p.Number, v.notes(p)})
		case "":
			others = append(others, phoneView{p.Number, v.notes(p)})
		default:
			if own := v.own(p.Lang); own != "" {
				others = append(others, phoneView{p.Number, append([]string{own + "."}, v.notes(p)...)})
			}
		}
	}
	out = append(out, others...)
	return out[:min(len(out), mostPhones)]
}

// notes say what a call costs and leaves, or that nobody gets through.
func (v homeView) notes(p Phone) (out []string) {
	if v.Disturbed {
		return []string{v.T("front.home.call.disturbed")}
	}
	out = append(out, v.T("front.cost."+p.Cost))
	for _, n := range p.Networks {
		out = append(out, v.T("front.cost.net", "network", n.Name, "cost", v.T("front.cost."+n.Cost)))
	}
	return append(out, v.T("front.bill."+p.Bill), v.T("front.home.call.list"))
}

// own is what a language of the line calls itself.
func (v homeView) own(tag string) string {
	for _, t := range v.tongues {
		if t.Tag == tag {
			return t.Own
		}
	}
	return ""
}
