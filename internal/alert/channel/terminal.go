package channel

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"

	"triage/internal/alert"
)

// Terminal writes notices as lines, for who watches the process.
type Terminal struct {
	mu sync.Mutex
	w  io.Writer
}

// NewTerminal returns a notifier that writes to w.
func NewTerminal(w io.Writer) *Terminal { return &Terminal{w: w} }

// Notify writes a line for each message, and one for a test.
func (t *Terminal) Notify(_ context.Context, n alert.Notice) error {
	var b strings.Builder
	for _, m := range n.Messages {
		fmt.Fprintf(&b, "alert %s  %s\n", m.At.Format("15:04:05"), m)
	}
	if len(n.Messages) == 0 {
		fmt.Fprintf(&b, "alert %s  %s\n", n.At.Format("15:04:05"), n.Title())
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, err := io.WriteString(t.w, b.String()); err != nil {
		return &alert.Failure{Why: "the terminal takes no more lines: is it closed?", Cause: Redact(err)}
	}
	return nil
}
