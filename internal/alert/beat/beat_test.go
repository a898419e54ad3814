package beat_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"triage/internal/alert/beat"
)

// receiver is whom a heart pings.
type receiver struct {
	said []bool
	err  error
	hang bool
}

func (r *receiver) ping(ctx context.Context, ok bool) error {
	if r.hang {
		<-ctx.Done()
		return ctx.Err()
	}
	r.said = append(r.said, ok)
	return r.err
}

func TestPingsAtMostOnceInEveryAndAtOnceWhenItChanges(t *testing.T) {
	var a, b receiver
	clock := time.Date(2026, 3, 8, 3, 0, 0, 0, time.UTC)
	h := &beat.Heart{Pings: []func(context.Context, bool) error{a.ping, b.ping}, Every: time.Minute, Now: func() time.Time { return clock }}
	for i, step := range []struct {
		pass  time.Duration
		ok    bool
		pings int
	}{
		{0, true, 1}, {0, true, 1}, {59 * time.Second, true, 1}, {time.Second, true, 2},
		{time.Second, false, 3}, {time.Second, false, 3}, {time.Second, true, 4}, {time.Minute, true, 5},
		{-time.Hour, true, 6}, {time.Second, true, 6}, // the clock was set back
	} {
		clock = clock.Add(step.pass)
		if err := h.Beat(t.Context(), step.ok); err != nil || len(a.said) != step.pings || len(b.said) != step.pings || a.said[len(a.said)-1] != step.ok && i != 1 {
			t.Errorf("step %d: %v, %d and %d pings", i, err, len(a.said), len(b.said))
		}
	}
}

func TestBlindFromTheStartIsSaid(t *testing.T) {
	var a receiver
	h := &beat.Heart{Pings: []func(context.Context, bool) error{a.ping}, Every: time.Minute, Now: time.Now}
	if err := h.Beat(t.Context(), false); err != nil || len(a.said) != 1 || a.said[0] {
		t.Errorf("%v %v", err, a.said)
	}
}

// One that fails is tried again at the next beat, and keeps no other from being pinged.
func TestWhatFailedIsTriedAgain(t *testing.T) {
	a, b := receiver{err: errors.New("no line")}, receiver{}
	h := &beat.Heart{Pings: []func(context.Context, bool) error{a.ping, b.ping}, Every: time.Hour, Now: time.Now}
	for n := 1; n < 4; n++ {
		if err := h.Beat(t.Context(), true); !errors.Is(err, a.err) || !strings.HasPrefix(err.Error(), "heartbeat: ") || len(a.said) != n || len(b.said) != 1 {
			t.Errorf("beat %d: %v, %d and %d pings", n, err, len(a.said), len(b.said))
		}
	}
	a.err = nil
	if err := h.Beat(t.Context(), true); err != nil || len(a.said) != 4 {
		t.Errorf("mended: %v, %d pings", err, len(a.said))
	}
	if err := h.Beat(t.Context(), true); err != nil || len(a.said) != 4 {
		t.Errorf("once more: %v, %d pings", err, len(a.said))
	}
}

// Whoever does not answer costs ten seconds, not one after the other.
func TestAHangingReceiverIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b, c := receiver{hang: true}, receiver{hang: true}, receiver{}
		h := &beat.Heart{Pings: []func(context.Context, bool) error{a.ping, b.ping, c.ping}, Every: time.Minute, Now: time.Now}
		began := time.Now()
		err := h.Beat(t.Context(), true)
		if took := time.Since(began); !errors.Is(err, context.DeadlineExceeded) || took != 10*time.Second || len(c.said) != 1 {
			t.Errorf("%v after %v", err, took)
		}
	})
}
