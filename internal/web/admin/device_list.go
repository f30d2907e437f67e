package admin

import (
	"net/http"

	"github.com/freeline-org/freeline/internal/hotline"
	"github.com/freeline-org/freeline/internal/hotline/vault"
	"github.com/freeline-org/freeline/internal/web/session"
)

// devicesView lists where somebody is signed in.
type devicesView struct {
	frame
	Devices []vault.Device
}

func (*devicesView) name() string { return "devices" }

func (a *Admin) devices(v *visit) error {
	list, err := a.Keeper.Devices(v.r.Context(), v.s.Token)
	if err != nil {
		return err
	}
	return a.show(v, http.StatusOK, &devicesView{Devices: list})
}

// deviceEnd signs one device of hers out; it may be this one.
func (a *Admin) deviceEnd(v *visit) error {
	id := v.get("device")
	if !hotline.IsID(id) {
		return ErrForm
	}
	if err := a.Keeper.EndDevice(v.r.Context(), v.s.Token, id); err != nil {
		return err
	}
	if _, err := a.Keeper.Who(v.r.Context(), v.s.Token); err != nil {
		session.Drop(v.w)
		return v.to("/signin?done=out")
	}
	return v.to("/devices?done=ended")
}
