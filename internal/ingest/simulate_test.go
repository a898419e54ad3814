package ingest

import (
	"context"
	"math/rand/v2"
	"os"
	"slices"
	"sort"
	"testing"
	"testing/synctest"
	"time"
)

// found is when each comment, and each edit, was handed on.
type found struct {
	shelf
	first, edit map[string]time.Time
}

func (f *found) Publish(_ context.Context, batch []Comment) error {
	for _, c := range batch {
		item := c.Content.Item
		if _, ok := f.first[item]; !ok {
			f.first[item] = time.Now()
		}
		if _, ok := f.edit[item]; !ok && c.Content.Text == "edited" {
			f.edit[item] = time.Now()
		}
	}
	return nil
}

// delays are those of a week, sorted: of what was new, and of edits and late
// approvals; in seconds.
type delays struct{ fresh, late []float64 }

func (d *delays) note(c said, start, first, edit time.Time) {
	if c.shown.After(start) {
		if seconds := first.Sub(c.shown).Seconds(); c.shown.Equal(c.written) {
			d.fresh = append(d.fresh, seconds)
		} else {
			d.late = append(d.late, seconds)
		}
	}
	if c.edited.After(start) {
		d.late = append(d.late, edit.Sub(c.edited).Seconds())
	}
}

func (d *delays) add(o delays) {
	d.fresh, d.late = append(d.fresh, o.fresh...), append(d.late, o.late...)
}

func at(sorted []float64, part float64) float64 {
	slices.Sort(sorted)
	return sorted[int(part*float64(len(sorted)-1))]
}

const (
	span      = 7 * 24 * time.Hour
	afterSpan = 30 * time.Hour // until the last approval and edit came
	simulated = 120            // calls an hour
)

// adaptive has a Poller read the street for a week. Everything written must be
// found, in its last form.
func adaptive(t *testing.T, p pattern, seed uint64) (s *street, d delays, calls int64) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		s = p.build(rand.New(rand.NewPCG(seed, 1)), start)
		f := &found{first: map[string]time.Time{}, edit: map[string]time.Time{}}
		poller, _ := newPoller(s)
		poller.Keep, poller.Sink, poller.Marks = &f.shelf, f, &f.shelf
		f.kept = map[string]Comment{}
		poller.Every, poller.Budget = 10*time.Second, simulated
		ctx, cancel := context.WithTimeout(t.Context(), span+afterSpan)
		defer cancel()
		if err := poller.Run(ctx, 1); err != nil {
			t.Fatal(err)
		}
		for _, l := range s.looks {
			if l.began.Before(start.Add(span)) {
				calls += int64(l.calls)
			}
		}
		for _, c := range s.said {
			first, edit := f.first[c.item], f.edit[c.item]
			if first.IsZero() || edit.IsZero() != c.edited.IsZero() {
				t.Errorf("comment %s was found at %v, its edit of %v at %v", c.item, first, c.edited, edit)
			}
			d.note(c, start, first, edit)
		}
		for _, c := range s.would {
			d.note(c, start, s.when(c, s.looks, c.shown), s.when(c, s.looks, c.edited))
		}
	})
	return s, d, calls
}

// fixed is what whole sweeps with as many calls in a week find: the delays, the
// interval.
func (s *street) fixed(start time.Time, calls int64) (d delays, every time.Duration) {
	costs := s.costs(start)
	short, long := time.Second, 12*time.Hour
	for long-short > time.Second/10 {
		every = (short + long) / 2
		if n, _ := costs.week(start, every); n > calls {
			short = every
		} else {
			long = every
		}
	}
	_, sweeps := costs.week(start, long)
	for _, c := range slices.Concat(s.said, s.would) {
		d.note(c, start, s.when(c, sweeps, c.shown), s.when(c, sweeps, c.edited))
	}
	return d, long
}

// when is when the first look ended that shows what there is of c since at. A
// peek may show late approvals and edits, or not: here it does not.
func (s *street) when(c said, looks []interval, at time.Time) time.Time {
	i := sort.Search(len(looks), func(i int) bool { return !looks[i].began.Before(at) })
	for i < len(looks)-1 && looks[i].peek && (c.rank <= s.newest(looks[i].began)-peekReach || !at.Equal(c.written)) {
		i++
	}
	return looks[min(i, len(looks)-1)].ended
}

// costs is what a sweep costs, from when on.
type costs []struct {
	at    time.Time
	calls int
}

func (s *street) costs(start time.Time) (out costs) {
	for at := start; at.Before(start.Add(span + afterSpan)); at = at.Add(15 * time.Minute) {
		posts, _ := slices.BinarySearchFunc(s.posts, at, time.Time.Compare)
		by := map[int]int{}
		for _, c := range s.said {
			if !c.shown.After(at) {
				by[c.rank]++
			}
		}
		out = append(out, struct {
			at    time.Time
			calls int
		}{at, sweepCalls(posts, by)})
	}
	return out
}

// week sweeps at a fixed interval, on and on; calls are those of the week.
func (c costs) week(start time.Time, every time.Duration) (calls int64, out []interval) {
	i := 0
	for at := start; at.Before(c[len(c)-1].at); {
		for i+1 < len(c) && !c[i+1].at.After(at) {
			i++
		}
		end := at.Add(time.Duration(c[i].calls) * callTakes)
		if at.Before(start.Add(span)) {
			calls += int64(c[i].calls)
		}
		out = append(out, interval{began: at, ended: end, calls: c[i].calls})
		at = end.Add(every)
	}
	return calls, out
}

// New comments are found at least three times sooner, at the 95th percentile, than
// by whole sweeps at a fixed interval with as many calls. Edits and late approvals
// that no peek shows wait for the next sweep: for an hour and what it takes, no
// more. TRIAGE_LONG takes more weeks.
func TestNewCommentsAreFoundSooner(t *testing.T) {
	t.Log("week    calls/h | new: p50, p95 in s  | fixed: p50, p95 in s, interval | edits, late approvals: p95 in min, fixed")
	for _, p := range patterns {
		if os.Getenv("TRIAGE_LONG") != "" {
			p.weeks = 6
		}
		var ours, theirs delays
		var calls int64
		var every time.Duration
		for seed := range uint64(p.weeks) {
			s, d, n := adaptive(t, p, seed)
			f, e := s.fixed(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), n) // synctest's beginning
			ours.add(d)
			theirs.add(f)
			calls, every = calls+n, every+e
		}
		hourly := float64(calls) / float64(p.weeks) / span.Hours()
		t.Logf("%-7s %6.1f  | %6.0f %6.0f       | %6.0f %6.0f %15v       | %6.1f %6.1f", p.name, hourly,
			at(ours.fresh, .5), at(ours.fresh, .95), at(theirs.fresh, .5), at(theirs.fresh, .95), (every / time.Duration(p.weeks)).Round(time.Second),
			at(ours.late, .95)/60, at(theirs.late, .95)/60)
		if most := simulated * (1 + saveHours/2/span.Hours()); hourly > most {
			t.Errorf("%s: %.1f calls an hour, want %.1f at most", p.name, hourly, most)
		}
		if a, b := at(ours.fresh, .95), at(theirs.fresh, .95); a*3 > b {
			t.Errorf("%s: new comments are found within %.0f s, fixed sweeps take %.0f s", p.name, a, b)
		}
		if a := at(ours.late, 1); a > 65*60 {
			t.Errorf("%s: an edit or late approval was found after %.0f min", p.name, a/60)
		}
	}
}
