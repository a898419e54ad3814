package send

import (
	"testing"

	"go.uber.org/zap"

	"triage/internal/respond/desktest"
)

// world is a desk with its sender.
type world struct {
	*desktest.World
	sender *Sender
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{World: desktest.New(t)}
	w.sender = &Sender{Desk: w.Desk, Log: zap.NewNop()}
	w.World.Sender = w.sender
	return w
}
