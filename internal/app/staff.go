package app

import (
	"context"
	"net/http"

	"github.com/freeline-org/freeline/internal/i18n"
)

// newStaff joins the staff's pages.
func (f *faces) newStaff(_ context.Context, _ *App, _ *i18n.Catalogue, _ proxies) (http.Handler, error) {
	return http.NotFoundHandler(), nil
}
