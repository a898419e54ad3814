package ingest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// hub takes what many pollers find, and notes how long after it was written.
type hub struct {
	mu     sync.Mutex
	delays []float64 // in seconds
}

func (h *hub) Keep(context.Context, []Comment) error { return nil }

func (h *hub) Publish(_ context.Context, batch []Comment) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, c := range batch {
		if c.Content.Text == "new" {
			h.delays = append(h.delays, time.Since(c.Created).Seconds())
		}
	}
	return nil
}

// together has pollers of so many accounts run beside each other, the first of
// them sick, and measures those that are well in both cases.
func together(t *testing.T, accounts int, sick []func(*board)) (h *hub, looks int) {
	t.Helper()
	h = &hub{}
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Hour)
		defer cancel()
		var all sync.WaitGroup
		boards := make([]*board, accounts)
		for i := range boards {
			b := newBoard("one", "two", "three")
			p, s := newPoller(b)
			p.Account = fmt.Sprint("account", i)
			p.Keep, p.Sink, p.Marks = h, h, s
			p.Every, p.Budget = 10*time.Second, 120
			if i < len(sick) {
				sick[i](b)
			}
			for j := range 10 {
				if i >= len(everySick) {
					b.after(time.Duration(j*17+1)*time.Minute+time.Duration(i)*time.Second/3, func() { b.write(fmt.Sprint("new", j), "new") })
				}
			}
			boards[i] = b
			all.Go(func() {
				if err := p.Run(ctx, 1); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		for _, b := range boards[len(everySick):] {
			looks += len(b.looks)
		}
	})
	slices.Sort(h.delays)
	return h, looks
}

var everySick = []func(*board){
	func(b *board) { b.fails = [2]error{dead, dead} },
	func(b *board) { b.fails = [2]error{dead, dead} },
	func(b *board) { b.stuck = true },
	func(b *board) {
		throttled := &ReadError{Kind: Throttled, RetryAfter: time.Minute, Why: "slow down"}
		b.fails = [2]error{throttled, throttled}
	},
	func(b *board) { b.used = 94 },
}

// Of two hundred accounts three are dead and two throttled: the others do not
// notice.
func TestSickAccountsSlowNoOther(t *testing.T) {
	const accounts = 200
	well, looks := together(t, accounts, nil)
	beside, others := together(t, accounts, everySick)
	if want := (accounts - len(everySick)) * 10; len(well.delays) != want || len(beside.delays) != want {
		t.Fatalf("%d and %d comments were found, want %d", len(well.delays), len(beside.delays), want)
	}
	for _, part := range []float64{.5, .95, 1} {
		alone, with := at(well.delays, part), at(beside.delays, part)
		t.Logf("%3.0f %% found within %.1f s, beside sick accounts %.1f s", part*100, alone, with)
		if with > alone*1.05+1 {
			t.Errorf("the healthy accounts were slowed down")
		}
	}
	t.Logf("%d looks of the healthy ones, beside sick accounts %d", looks, others)
	if others < looks*98/100 {
		t.Error("the healthy accounts were looked at less often")
	}
}

// BenchmarkPeek is one look at an account that shows nothing new.
func BenchmarkPeek(b *testing.B) {
	shown := newBoard()
	shown.newest = 25
	for i := range 25 {
		shown.write(fmt.Sprint(i), "a comment as long as most of them are, which is not very long")
	}
	p, _ := newPoller(shown)
	p.begin(1)
	if _, err := p.Sweep(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := p.peek(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
