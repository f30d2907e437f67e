package channeltest_test

import (
	"testing"

	"github.com/freeline-org/freeline/internal/channel"
	"github.com/freeline-org/freeline/internal/channel/channeltest"
	"github.com/freeline-org/freeline/internal/hotline"
)

// The tests' own way keeps the contract that real ones are held against.
func TestLoopSitsTheExamination(t *testing.T) {
	t.Parallel()
	channeltest.Examine(t, "+15550101", func(*testing.T) (channel.Sender, channeltest.Peer) {
		l := channeltest.NewLoop(nil, hotline.Text)
		return l, l
	})
	channeltest.ExamineReceiving(t, channeltest.LoopEntrance())
}
