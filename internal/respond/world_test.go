package respond_test

import (
	"testing"

	"go.uber.org/zap"

	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/respond/desktest"
	"triage/internal/respond/send"
)

// world is a desk with the sender that does what is approved.
type world struct{ *desktest.World }

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{desktest.New(t)}
	w.Sender = &send.Sender{Desk: w.Desk, Log: zap.NewNop()}
	return w
}

func clearOf(c ingest.Comment) []classify.Verdict { return []classify.Verdict{desktest.Clear(c)} }
