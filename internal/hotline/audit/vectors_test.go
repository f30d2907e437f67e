package audit_test

import (
	"bytes"
	"testing"

	"github.com/freeline-org/freeline/internal/hotline/audit"
	"github.com/freeline-org/freeline/internal/hotline/hotlinetest"
)

// A changed vector means that the log does not hold together any more. See
// docs/formats.md.
func TestVectors(t *testing.T) {
	t.Parallel()
	v := hotlinetest.ReadVectors(t)
	text, hash := audit.Fixed("line-1", audit.Act{By: "ana", What: "open", Object: "object", Why: "a reason"}, bytes.Repeat([]byte{1}, 16))
	v.Is(t, "opening", text)
	v.Is(t, "leaf", hash)
}
