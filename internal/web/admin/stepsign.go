package admin

import (
	"errors"
	"net/http"
	"slices"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/protocol"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/problem"
)

// stepSignsView lists what waits in open contacts for the privacy officer, or for counsel,
// whose word she notes. She opens none of them: whoever asks tells her what it is about.
type stepSignsView struct {
	frame
	Rows []stepSignRow
}

func (*stepSignsView) name() string { return "stepsigns" }

// A stepSignRow is one of them.
type stepSignRow struct {
	protocol.ToSign
	Whose, Asks string // the role in words; who asks
}

func stepSignRoles() []hotline.Role { return []hotline.Role{hotline.PrivacyOfficer} }

func (a *Admin) stepSigns(v *visit) error {
	all, err := a.Procedures.Waiting(v.r.Context())
	if err != nil {
		return err
	}
	names := a.names(v.r.Context())
	view := &stepSignsView{}
	for _, s := range all {
		if slices.Contains(protocol.Noting(), s.Role) {
			view.Rows = append(view.Rows, stepSignRow{s, wordOr(v.l, "admin.role.", string(s.Role)), names(s.By)})
		}
	}
	status := http.StatusOK
	if len(v.faults) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return a.show(v, status, view)
}

// stepSign notes a yes or no, signed by the session of whoever notes it.
func (a *Admin) stepSign(v *visit) error {
	ctx := v.r.Context()
	err := a.Keeper.With(ctx, v.s.Token, func(r *vault.Ring) error {
		return a.Procedures.Note(ctx, v.me(), v.get("ask"), v.get("answer"), r.Sign)
	})
	for _, is := range []*problem.Error{protocol.ErrMoved, protocol.ErrSign, protocol.ErrAnswer} {
		if errors.Is(err, is) {
			v.faults.add("", is.Key)
			return a.stepSigns(v)
		}
	}
	if err != nil {
		return err
	}
	return v.to("/signoffs?done=noted")
}
