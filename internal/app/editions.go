package app

import (
	"context"
	"time"

	"github.com/freeline-org/freeline/internal/bus"
	"github.com/freeline-org/freeline/internal/channel/voice/flow"
	"github.com/freeline-org/freeline/internal/db"
	"github.com/freeline-org/freeline/internal/hotline/edition"
	"github.com/freeline-org/freeline/internal/hotline/emergency"
	"github.com/freeline-org/freeline/internal/hotline/form"
	"github.com/freeline-org/freeline/internal/hotline/interpret"
	"github.com/freeline-org/freeline/internal/hotline/policy"
	"github.com/freeline-org/freeline/internal/hotline/protocol"
	"github.com/freeline-org/freeline/internal/hotline/routing"
	"github.com/freeline-org/freeline/internal/hotline/safety"
	"github.com/freeline-org/freeline/internal/i18n"
)

// NewEditions returns the book of everything that administrators edit.
func NewEditions(ctx context.Context, d *db.DB, b bus.Bus, words *i18n.Catalogue) (*edition.Book, error) {
	kinds := append(routing.Kinds(),
		edition.Kind{Name: policy.KindAbout, Check: policy.CheckAbout},
		edition.Kind{Name: policy.KindExpect, Check: policy.CheckExpect},
		edition.Kind{Name: policy.KindScope, Check: policy.CheckScope},
		edition.Kind{Name: policy.KindKeep, Check: policy.CheckKeep},
		edition.Kind{Name: policy.KindHarm, Check: policy.CheckHarmDeadlines},
		edition.Kind{Name: policy.KindDuty, Check: policy.CheckDuty},
		edition.Kind{Name: policy.KindOurs, Check: policy.CheckOurs},
		edition.Kind{Name: form.Kind, Check: form.Check},
		edition.Kind{Name: protocol.Kind, Check: protocol.Check},
		edition.Kind{Name: emergency.Kind, Check: emergency.Check},
		edition.Kind{Name: interpret.KindPhrases, Check: interpret.Check},
		edition.Kind{Name: safety.KindWords, Check: safety.CheckWords},
		edition.Kind{Name: safety.KindCover, Check: safety.CheckCover},
		edition.Kind{Name: flow.Kind, Check: flow.Check},
		edition.Kind{Name: flow.KindNumbers, Check: flow.CheckNumbers},
		edition.Kind{Name: flow.KindPieces, Check: flow.CheckPieces},
		edition.Kind{Name: edition.KindReviewers, Check: edition.CheckReviewers},
		edition.Kind{Name: KindLanguages, Check: checkLanguages(words)},
	)
	return edition.New(ctx, d, b, time.Now, kinds...)
}
