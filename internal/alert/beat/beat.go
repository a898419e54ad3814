// Package beat says elsewhere that triage is alive and sees: whoever hears nothing any
// more calls somebody. It knows neither alerts nor where the word goes.
package beat

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Heart says after a look that it was made. It is used by one goroutine.
type Heart struct {
	// Pings say to one receiver each that all was seen, or that it could not be.
	Pings []func(ctx context.Context, ok bool) error
	// Every is the least time between two pings that say the same to the same receiver.
	Every time.Duration
	Now   func() time.Time

	last []said
}

// said is what a receiver took last, and when.
type said struct {
	at time.Time
	ok bool
}

// longestPing bounds one ping: it must not keep anybody from being called.
const longestPing = 10 * time.Second

// Beat pings whoever has not heard for Every, and everybody if ok differs from what was
// said last. What failed is tried at the next beat. The error joins those of the pings.
func (h *Heart) Beat(ctx context.Context, ok bool) error {
	if h.last == nil {
		h.last = make([]said, len(h.Pings))
	}
	failed := make([]error, len(h.Pings))
	done := make(chan struct{}, len(h.Pings))
	for i, ping := range h.Pings {
		go func() {
			failed[i] = h.ping(ctx, &h.last[i], ping, ok)
			done <- struct{}{}
		}()
	}
	for range h.Pings {
		<-done
	}
	return errors.Join(failed...)
}

// ping is one receiver's part of a beat.
func (h *Heart) ping(ctx context.Context, last *said, ping func(context.Context, bool) error, ok bool) error {
	now := h.Now()
	since := now.Sub(last.at)
	if last.ok == ok && since >= 0 && since < h.Every && !last.at.IsZero() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, longestPing)
	defer cancel()
	if err := ping(ctx, ok); err != nil {
		return fmt.Errorf("heartbeat: %w", err)
	}
	*last = said{now, ok}
	return nil
}
