package ingest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// board is a platform that can be peeked at, counts calls, and fails as told.
type board struct {
	mu     sync.Mutex
	items  []Comment // the oldest first
	newest int       // how many of them a peek shows
	fails  [2]error
	breaks bool // a failing look hands on the first half before
	calls  int64
	cost   [2]int64
	used   int
	reset  time.Time
	looks  []taken
	permit Permit
	denied error // of Permit
	asked  int   // for the permit
	stuck  bool  // no look ever ends
	atPeek func(known Known)
}

// after does something to the board while a poller runs.
func (b *board) after(d time.Duration, do func()) {
	time.AfterFunc(d, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		do()
	})
}

func (b *board) write(item, text string) {
	for i := range b.items {
		if b.items[i].Content.Item == item {
			b.items[i].Content.Text = text
			return
		}
	}
	b.items = append(b.items, Comment{Platform: "facebook", Account: "cedar", Created: time.Now(), Content: Content{Item: item, Post: "p", Text: text}})
}

// look takes note of a look and returns what it shows.
func (b *board) look(l look) (show []Comment, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls += b.cost[l]
	b.looks = append(b.looks, taken{look: l, at: time.Now()})
	show, err = slices.Clone(b.items), b.fails[l]
	if l == peeking {
		show = show[max(0, len(show)-b.newest):]
	}
	switch {
	case err != nil && b.breaks:
		show = show[:len(show)/2]
	case err != nil:
		show = nil
	}
	return show, err
}

func (b *board) Sweep(ctx context.Context, mark Mark, emit Emit) (Mark, error) {
	show, err := b.look(sweeping)
	if b.stuck {
		<-ctx.Done()
		return mark, ctx.Err()
	}
	if failed := emit(ctx, show); failed != nil || err != nil {
		return mark, errors.Join(failed, err)
	}
	return Mark{Time: time.Now()}, nil
}

func (b *board) Peek(ctx context.Context, _ Mark, known Known, emit Emit) error {
	if b.atPeek != nil {
		b.atPeek(known)
	}
	show, err := b.look(peeking)
	return errors.Join(emit(ctx, show), err)
}

func (b *board) Meter() Meter {
	b.mu.Lock()
	defer b.mu.Unlock()
	return Meter{Calls: b.calls, Used: b.used, Reset: b.reset}
}

func (b *board) Permit(context.Context) (Permit, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked++
	b.calls++
	return b.permit, b.denied
}

func newBoard(texts ...string) *board {
	b := &board{newest: 2, cost: [2]int64{1, 4}}
	for i, text := range texts {
		b.write(fmt.Sprint(i), text)
	}
	return b
}

// run lets the poller run for a while of the fake clock.
func run(t *testing.T, p *Poller, span time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), span)
	defer cancel()
	if err := p.Run(ctx, 1); err != nil {
		t.Fatal(err)
	}
}

// events counts those of each item, as "0:1 1:2".
func (s *shelf) events() string {
	var out []string
	for item, n := range s.count {
		out = append(out, fmt.Sprintf("%s:%d", item, n))
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}
