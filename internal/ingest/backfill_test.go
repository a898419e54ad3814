package ingest

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// archive is a board that holds a thousand comments of before. Its sweeps show
// them page by page if the mark reaches back to them.
type archive struct {
	*board
	old   []Comment
	fails map[int]error // of sweeps that reach back, by number, half way through
	began int           // sweeps that reached back
	pages []time.Time   // of those
}

func (a *archive) Sweep(ctx context.Context, mark Mark, emit Emit) (Mark, error) {
	if mark.Time.IsZero() || time.Since(mark.Time) < 48*time.Hour {
		return a.board.Sweep(ctx, mark, emit)
	}
	a.began++
	for i := 0; i < len(a.old); i += 2 {
		a.mu.Lock()
		a.calls++
		a.mu.Unlock()
		a.pages = append(a.pages, time.Now())
		if err := emit(ctx, a.old[i:i+2]); err != nil {
			return mark, err
		}
		if err := a.fails[a.began]; err != nil && i > len(a.old)/2 {
			return mark, err
		}
	}
	return a.board.Sweep(ctx, mark, emit)
}

func newArchive() *archive {
	a := &archive{board: newBoard("one", "two"), fails: map[int]error{}}
	for i := range 1000 {
		a.old = append(a.old, Comment{Platform: "facebook", Account: "cedar", Created: time.Now().AddDate(-1, 0, 0),
			Content: Content{Item: fmt.Sprint("old", i), Post: "old", Text: "from before"}})
	}
	return a
}

func TestBackfillReadsWhatIsOld(t *testing.T) {
	for name, tt := range map[string]struct {
		fails  map[int]error
		budget int
		used   int // in percent, until the third hour
		hours  time.Duration
		began  int
		why    string
	}{
		"at once, from what was saved":  {nil, 120, 0, 2, 1, ""},
		"as the budget grants it":       {nil, 30, 0, 30, 1, ""},
		"once the platform grants more": {nil, 120, 80, 5, 1, ""},
		"again after it was cut":        {map[int]error{1: temporary, 2: temporary}, 120, 0, 8, 3, ""},
		"given up":                      {map[int]error{1: temporary, 2: temporary, 3: forbidden}, 120, 0, 6, 3, "older comments could not all be read, ask for them again once this is mended: " + forbidden.Why},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := newArchive()
				a.fails, a.used = tt.fails, tt.used
				p, s := newPoller(a)
				p.Every, p.Budget = 10*time.Second, tt.budget
				asked := time.Now()
				since := asked.AddDate(-2, 0, 0)
				time.AfterFunc(time.Hour, func() { p.Backfill(since) })
				a.after(3*time.Hour, func() { a.used = 0 })
				run(t, p, (1+tt.hours)*time.Hour)
				b := p.Health().Backfill
				if !b.Since.Equal(since) || b.Done.IsZero() != (tt.why != "") || b.Why != tt.why || a.began != tt.began {
					t.Errorf("it was begun %d times and came to %+v", a.began, b)
				}
				if tt.why == "" && (b.Read != 1002 || len(s.count) != 1002) {
					t.Errorf("%d were read and %d handed on", b.Read, len(s.count))
				}
				if first := a.pages[0].Sub(asked); first > time.Hour+2*time.Minute*120/time.Duration(tt.budget) {
					t.Errorf("it began %v after it was asked for", first-time.Hour)
				}
				for item, n := range s.count {
					if n != 1 {
						t.Fatalf("%s was handed on %d times", item, n)
					}
				}
				for _, at := range a.pages {
					if tt.used > 0 && at.Sub(asked) < 3*time.Hour && at != a.pages[0] {
						t.Fatal("it was read while the platform had little to grant")
					}
				}
				if most := tt.budget * (1 + int(tt.hours) + saveHours/2); int(a.calls) > most {
					t.Errorf("%d calls, want %d at most", a.calls, most)
				}
				if _, long := gaps(only(peeking, a.looks)); long > 12*time.Minute {
					t.Errorf("no peek for %v", long)
				}
			})
		})
	}
}

// What is new is found while the old is read.
func TestBackfillHoldsUpNothingNew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newArchive()
		p, s := newPoller(a)
		p.Every, p.Budget = 10*time.Second, 30
		p.Backfill(time.Now().AddDate(-2, 0, 0))
		a.after(10*time.Hour, func() {
			if b := p.Health().Backfill; !b.open() || b.Read == 0 {
				t.Errorf("not under way: %+v", b)
			}
			a.write("new", "my knee hurts")
		})
		a.after(10*time.Hour+6*time.Minute, func() {
			if !s.has("new") {
				t.Error("what is new was not found")
			}
		})
		run(t, p, 60*time.Hour)
		if b := p.Health().Backfill; b.Done.IsZero() {
			t.Errorf("it was not done: %+v", b)
		}
	})
}
