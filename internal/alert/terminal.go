package alert

import (
	"context"
	"fmt"
	"io"
	"sync"
)

// Terminal writes messages as lines, for who watches the process.
type Terminal struct {
	mu sync.Mutex
	w  io.Writer
}

// NewTerminal returns a notifier that writes to w.
func NewTerminal(w io.Writer) *Terminal { return &Terminal{w: w} }

// Notify writes one line.
func (t *Terminal) Notify(_ context.Context, m Message) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, err := fmt.Fprintf(t.w, "alert %s  %s\n", m.At.Format("15:04:05"), m)
	return err
}
