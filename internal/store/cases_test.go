package store

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"triage/internal/ingest"
	"triage/internal/respond"
	"triage/internal/respond/board"
	"triage/internal/respond/desktest"
)

// idsOf are the ids of cases, in order.
func idsOf(all func(func(*respond.Case) bool)) (ids []string) {
	for c := range all {
		ids = append(ids, c.ID())
	}
	slices.Sort(ids)
	return ids
}

// plain hides that a store keeps some cases apart.
type plain struct{ respond.Cases }

// Whatever happens to the cases: those that are kept apart are those that going over
// all of them finds, what keeps a reply back is the same by them as by all, and the
// board says what a new one says.
func TestCasesKeptApart(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := desktest.Random{Rand: rand.New(rand.NewPCG(seed, 1))}
	p := open(t, t.TempDir())
	now := time.Date(2026, 5, 15, 12, 0, 0, 0, time.UTC) // in the middle of what Random makes
	p.clock.pass(time.Until(now))
	p.desk.Rules = func() respond.Rules { return respond.Rules{DailyCap: 3, ThreadCap: 2} }
	shown, created := board.New(p.Cases.Feed()), map[string]bool{}
	for range 60 {
		for range 1 + r.IntN(20) {
			c := r.Case()
			c.Comment.ID, c.Comment.Thread, c.Comment.Own = fmt.Sprint("case", r.IntN(150)), fmt.Sprint("thread", r.IntN(5)), r.IntN(20) == 0
			if old, err := p.Cases.Get(t.Context(), c.ID()); err == nil {
				c.Comment.Thread, c.Revision = old.Comment.Thread, old.Revision
				_, err = p.Cases.Update(t.Context(), c)
				must(t, err)
			} else {
				c.Revision, created[c.ID()] = 0, true
				must(t, p.Cases.Create(t.Context(), []respond.Case{c}))
			}
		}
		until(t, "the index has all", func() bool { return p.Cases.bucket.Len() == len(created) })
		p.clock.pass(time.Duration(r.IntN(int(12 * time.Hour))))
		compareApart(t, p, shown)
	}
}

func compareApart(t *testing.T, p *practice, shown *board.Board) {
	t.Helper()
	now := p.clock.now()
	want := idsOf(func(yield func(*respond.Case) bool) {
		for c := range p.Cases.All() {
			if lively(c, now) && !yield(c) {
				return
			}
		}
	})
	if got := idsOf(p.Cases.Lively()); !slices.Equal(got, want) {
		t.Fatalf("lively are\n%v, want\n%v", got, want)
	}
	byAll := *p.desk
	byAll.Cases = plain{p.Cases}
	for thread := range 5 {
		c := respond.Case{Comment: ingest.Comment{ID: "new", Account: "a", Thread: fmt.Sprint("thread", thread)}, Lane: respond.LaneClear}
		var want []string
		for o := range p.Cases.All() {
			if o.Comment.Thread == c.Comment.Thread {
				want = append(want, o.ID())
			}
		}
		slices.Sort(want)
		if got := idsOf(p.Cases.Thread(c.Comment.Thread)); !slices.Equal(got, want) {
			t.Fatalf("in thread %d are %v, want %v", thread, got, want)
		}
		got, all := p.desk.Waits(c), byAll.Waits(c)
		if got.Paused.Before(now) && all.Paused.Before(now) {
			got.Paused, all.Paused = time.Time{}, time.Time{} // over, which says nothing
		}
		if !reflect.DeepEqual(got, all) {
			t.Fatalf("by the lively cases it waits for %+v, by all for %+v", got, all)
		}
	}
	for _, state := range board.States {
		q := board.Query{State: state}
		if got, anew := shown.List(q, 0, 500), board.New(p.Cases.Feed()).List(q, 0, 500); !reflect.DeepEqual(got.Cards, anew.Cards) {
			t.Fatalf("the board lists %d cases as %q, a new one %d, or others", len(got.Cards), state, len(anew.Cards))
		}
	}
}

// 32 people at once decide on one case and look at it: one decides, the others are
// told, and what each of them did is in its history.
func TestManyAtOneCase(t *testing.T) {
	items := 40
	if long() {
		items = 1000
	}
	const racers = 32
	p := open(t, t.TempDir())
	shown := board.New(p.Cases.Feed())
	for i := range items {
		c := p.name(says(i, "My knee hurts"))[0]
		p.file(t, c)
		var won, conflicts, other sync.Map
		var racing sync.WaitGroup
		for n := range racers {
			racing.Go(func() {
				by := fmt.Sprint("racer", n)
				if _, err := p.desk.Reveal(t.Context(), c.ID, by); err != nil && !isGone(err) {
					other.Store(by, err)
				}
				_, err := p.desk.Dismiss(t.Context(), respond.Decision{Case: c.ID, Step: 1, By: by})
				switch {
				case err == nil:
					won.Store(by, true)
				case isConflict(err):
					conflicts.Store(by, true)
				default:
					other.Store(by, err)
				}
			})
		}
		racing.Wait()
		if size(&won) != 1 || size(&conflicts) != racers-1 || size(&other) != 0 {
			t.Fatalf("item %d: %d decided, %d were told, %d failed", i, size(&won), size(&conflicts), size(&other))
		}
		now, err := p.Cases.Get(t.Context(), c.ID)
		must(t, err)
		if n := len(now.History); n != 1+racers+1 {
			t.Fatalf("item %d: %d entries in its history, want %d", i, n, 1+racers+1)
		}
		if card, found := shown.Find(c.ID); !found || card.State != board.Dismissed {
			t.Fatalf("item %d is on the board as %q", i, card.State)
		}
	}
	t.Logf("%d items, %d racers each: 1 winner and every entry kept", items, racers)
}

func size(m *sync.Map) (n int) {
	m.Range(func(any, any) bool { n++; return true })
	return n
}

func isConflict(err error) bool { return errors.Is(err, respond.ErrConflict) }
func isGone(err error) bool     { return errors.Is(err, respond.ErrGone) }

func long() bool { return os.Getenv("TRIAGE_LONG") != "" }
