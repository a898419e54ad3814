package ingest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"
)

// The Date of an answer says how far the clocks are apart; one that a cache kept does not.
func TestSkewIsReadFromAnswers(t *testing.T) {
	for name, tt := range map[string]struct {
		ahead time.Duration
		head  func(http.Header)
		known bool
	}{
		"agrees":       {0, nil, true},
		"ahead":        {7 * time.Minute, nil, true},
		"behind":       {-3 * time.Hour, nil, true},
		"from a cache": {-3 * time.Hour, func(h http.Header) { h.Set("Age", "10800") }, false},
		"says nothing": {0, func(h http.Header) { h["Date"] = nil }, false},
		"senseless":    {0, func(h http.Header) { h.Set("Date", "yesterday") }, false},
	} {
		t.Run(name, func(t *testing.T) {
			web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Date", time.Now().Add(tt.ahead).UTC().Format(http.TimeFormat))
				if tt.head != nil {
					tt.head(w.Header())
				}
			}))
			defer web.Close()
			h := NewHTTP(nil)
			get(t, h, "GET", web.URL)
			skew := h.Skew()
			if known := skew != 0; known != tt.known || known && (skew-tt.ahead).Abs() > 5*time.Second {
				t.Errorf("ahead by %v, want %v (%v)", skew, tt.ahead, tt.known)
			}
		})
	}
}

// slow is a source whose looks take so long.
type slow struct {
	takes time.Duration
	skew  time.Duration
}

func (s slow) Sweep(_ context.Context, mark Mark, _ Emit) (Mark, error) {
	time.Sleep(s.takes) // of a bubble
	return mark, nil
}

func (s slow) Meter() Meter { return Meter{Skew: s.skew} }

// Health tells, to the tenth by which pauses differ, what is meant to pass between two
// good looks, the look itself included, and how far the clocks are apart.
func TestHealthTellsTheGapAndTheSkew(t *testing.T) {
	for _, takes := range []time.Duration{0, 20 * time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			p, _ := newPoller(slow{takes, 7 * time.Second})
			p.Every = time.Minute
			if h := p.Health(); h.Gap != 0 || h.Skew != 0 {
				t.Errorf("before the first look: %+v", h)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Hour)
			defer cancel()
			ended := make(chan error)
			go func() { ended <- p.Run(ctx, 1) }()
			var longest time.Duration
			for ctx.Err() == nil {
				if h := p.Health(); !h.LastOK.IsZero() {
					longest = max(longest, p.Now().Sub(h.LastOK))
				}
				time.Sleep(time.Second)
			}
			if err := <-ended; err != nil {
				t.Fatal(err)
			}
			h := p.Health()
			if h.Gap+h.Gap/10 < longest-2*time.Second || h.Gap > 2*longest || h.Skew != 7*time.Second {
				t.Errorf("looks of %v: gap %v, the longest time was %v; skew %v", takes, h.Gap, longest, h.Skew)
			}
		})
	}
}
