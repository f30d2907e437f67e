package app

import (
	"context"

	"github.com/freeline-org/freeline/internal/channel/voice/flow"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/web/front"
)

// phones are the numbers of the register that stand on pages; without any, the one that
// the line has said of itself, of which nobody has said what it costs.
func (s saidLine) phones(ctx context.Context, own policy.Number) (out []front.Phone, err error) {
	all, err := s.line.Calls.InForce(ctx)
	if err != nil {
		return nil, err
	}
	for _, n := range all.Numbers.OnPages() {
		p := front.Phone{Number: front.Number{Dial: n.Dial, Shown: n.Shown}, Lang: n.Lang, Cost: n.Cost, Bill: n.Bill}
		for _, net := range n.Networks {
			p.Networks = append(p.Networks, front.Network(net))
		}
		out = append(out, p)
	}
	if len(out) == 0 && own.Dial != "" {
		out = []front.Phone{{Number: front.Number(own), Cost: flow.CostOpen, Bill: flow.BillOpen}}
	}
	return out, nil
}
