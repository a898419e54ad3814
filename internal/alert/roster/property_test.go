package roster

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

var anyHours = [][]string{nil, nil, {"22:00-07:00"}, {"Mon-Fri 08:00-18:00", "Sat"}, {"01:15-02:45"}, {"holidays 09:00-12:00", "Fri-Sun 12:00-06:00"}, {"00:00-24:00"}}

// anyPlan is a plan around a night, of a seed.
func anyPlan(t *testing.T, seed uint64, z *time.Location, around time.Time) *Plan {
	r := rand.New(rand.NewPCG(seed, 8))
	names := []string{"a", "b", "c", "d"}
	p := &Plan{People: people(names...), Zone: z, Holidays: map[Date]string{}}
	near := func() time.Time { return around.Add(time.Duration(r.IntN(14*24*60)-7*24*60) * time.Minute) }
	for i := range 1 + r.IntN(3) {
		turn := Turn{Days: 1 + r.IntN(8)}
		if r.IntN(3) == 0 {
			turn = Turn{Hours: 1 + r.IntN(30)}
		}
		who := slices.Clone(names)
		r.Shuffle(len(who), func(i, j int) { who[i], who[j] = who[j], who[i] })
		p.Rotations = append(p.Rotations, Rotation{
			Name: fmt.Sprint("r", i), People: who[:1+r.IntN(4)], Turn: turn, Start: near().Truncate(time.Minute),
			Hours: must[Hours](t)(ParseHours(anyHours[r.IntN(len(anyHours))])),
		})
	}
	for i := range r.IntN(16) {
		from := around.Add(time.Duration(r.IntN(8*24*60)-5*24*60) * time.Minute)
		p.Overrides = append(p.Overrides, Override{
			ID: fmt.Sprint(i), Rotation: []string{"", "r0", "r1", "gone"}[r.IntN(4)], Person: []string{"a", "b", "c", "zoe"}[r.IntN(4)],
			From: from, Until: from.Add(time.Duration(r.IntN(48*60)-60) * time.Minute), At: around.Add(time.Duration(r.IntN(4)) * time.Hour),
		})
	}
	for range r.IntN(4) {
		p.Holidays[DateOf(near().In(z))] = "holiday"
	}
	if r.IntN(2) == 0 {
		p.Steps = []Step{{Rotations: []string{"r0"}, Wait: time.Minute}, {Everybody: true}}
	}
	return p
}

func eachPlan(t *testing.T, f func(t *testing.T, p *Plan, from, until time.Time)) {
	eachNight(t, func(t *testing.T, z *time.Location, around time.Time) {
		for seed := range uint64(30) {
			f(t, anyPlan(t, seed, z, around), around.Add(-60*time.Hour), around.Add(60*time.Hour))
			if t.Failed() {
				t.Fatalf("seed %d", seed)
			}
		}
	})
}

// At every instant OnCall gives just the shifts that the calendar shows, and at most one
// in each rotation.
func TestOnCallIsWhatTheCalendarShows(t *testing.T) {
	eachPlan(t, func(t *testing.T, p *Plan, from, until time.Time) {
		shifts := p.Shifts(from, until)
		instants := []time.Time{from, until.Add(-1)}
		for now := from; now.Before(until); now = now.Add(17*time.Minute + 1) {
			instants = append(instants, now)
		}
		for _, s := range shifts {
			instants = append(instants, s.From.Add(-1), s.From, s.Until.Add(-1), s.Until)
		}
		for _, now := range instants {
			if now.Before(from) || !now.Before(until) {
				continue
			}
			var want []Shift
			for _, s := range shifts {
				if !now.Before(s.From) && now.Before(s.Until) {
					want = append(want, s)
				}
			}
			if got := p.OnCall(now); !slices.Equal(got, want) {
				t.Errorf("%v: on call\n%vbut the calendar shows\n%v", now, table(got), table(want))
				return
			}
		}
	})
}

// Whoever is on call is found by a simpler way: the override that was said last, else
// whose turn it is by counting handovers.
func TestWhoIsOnCallByCounting(t *testing.T) {
	eachPlan(t, func(t *testing.T, p *Plan, from, until time.Time) {
		for now := from; now.Before(until); now = now.Add(37 * time.Minute) {
			for i := range p.Rotations {
				r := &p.Rotations[i]
				got := ""
				for _, s := range p.OnCall(now) {
					if s.Rotation == r.Name {
						got = s.Person
					}
				}
				if want := counted(p, r, now); got != want && !(got == "" && !r.Hours.None()) {
					t.Errorf("%s at %v: %q, counted %q", r.Name, now, got, want)
					return
				}
			}
		}
	})
}

// counted knows no hours: outside them it gives somebody whom OnCall does not.
func counted(p *Plan, r *Rotation, now time.Time) string {
	var last Override
	for _, o := range p.Overrides {
		if o.Person != "zoe" && (o.Rotation == "" || o.Rotation == r.Name) && !now.Before(o.From) && now.Before(o.Until) &&
			(o.At.After(last.At) || o.At.Equal(last.At) && o.ID > last.ID) {
			last = o
		}
	}
	if last.ID != "" {
		return last.Person
	}
	n := -40 * len(r.People) // long before
	handover := func(n int) time.Time {
		if r.Turn.Hours > 0 {
			return r.Start.Add(time.Duration(n*r.Turn.Hours) * time.Hour)
		}
		return (clockAt(r.Start, p.Zone) + clock(n*r.Turn.Days)*day).in(p.Zone)
	}
	if r.Turn.Hours > 0 {
		n *= 24
	}
	for !handover(n + 1).After(now) {
		n++
	}
	return r.People[(n%len(r.People)+len(r.People))%len(r.People)]
}

// Where a rotation has no hours, its shifts follow each other without a gap or an
// overlap; where it has, without an overlap.
func TestShiftsTile(t *testing.T) {
	eachPlan(t, func(t *testing.T, p *Plan, from, until time.Time) {
		for _, r := range p.Rotations {
			reached := from
			for _, s := range p.Shifts(from, until) {
				if s.Rotation != r.Name {
					continue
				}
				if reached != from && s.From.Before(reached) || !s.From.Before(s.Until) || r.Hours.None() && s.From.After(reached) {
					t.Errorf("%s: after %v comes\n%s", r.Name, reached, table([]Shift{s}))
				}
				reached = s.Until
			}
			if r.Hours.None() && reached.Before(until) {
				t.Errorf("%s ends at %v", r.Name, reached)
			}
		}
	})
}

// In a gap, and only there, the first step calls nobody.
func TestGapsAreWhereNobodyIsCalled(t *testing.T) {
	eachPlan(t, func(t *testing.T, p *Plan, from, until time.Time) {
		gaps := p.Gaps(from, until)
		for now := from; now.Before(until); now = now.Add(23 * time.Minute) {
			gap := slices.ContainsFunc(gaps, func(s Shift) bool { return !now.Before(s.From) && now.Before(s.Until) })
			if nobody := len(p.Called(0, now)) == 0; nobody != gap {
				t.Errorf("%v: nobody called %v, gap %v", now, nobody, gap)
				return
			}
			if both := append(p.Called(0, now), p.Called(1, now)...); len(both) != len(p.People) {
				t.Errorf("%v: the two steps call %d people of %d", now, len(both), len(p.People))
				return
			}
		}
	})
}

// Quiet hours are held against hours read off the wall, where the clock is not changed.
func TestHoursReadOffTheWall(t *testing.T) {
	for _, entries := range append(anyHours, []string{"Wed,Sun 23:30-23:00", "holidays"}, []string{"Mon-Tue", "Tue 12:00-13:00", "22:00-00:00"}) {
		p := &Plan{Zone: time.UTC, Quiet: must[Hours](t)(ParseHours(entries)), Holidays: map[Date]string{{2026, 11, 26}: "", {2026, 11, 29}: ""}}
		for now := at(t, p, "2026-11-20 00:00"); now.Before(at(t, p, "2026-12-05 00:00")); now = now.Add(15 * time.Minute) {
			until, quiet := p.QuietUntil(now)
			if quiet != p.onTheWall(now) {
				t.Fatalf("%q at %v: quiet %v", entries, now, quiet)
			}
			if quiet && until.Before(now.Add(24*time.Hour)) && (p.onTheWall(until) || !p.onTheWall(until.Add(-time.Minute))) {
				t.Fatalf("%q at %v: quiet does not end at %v", entries, now, until)
			}
		}
	}
}

func (p *Plan) onTheWall(now time.Time) bool {
	held := func(midnight time.Time, since clock) bool {
		kind := uint8(1) << midnight.Weekday()
		if _, is := p.Holidays[DateOf(midnight)]; is {
			kind = holidays
		}
		return slices.ContainsFunc(p.Quiet.spans, func(s span) bool { return s.days&kind != 0 && s.from <= since && since < s.to })
	}
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	since := clock(now.Sub(midnight) / time.Second)
	return held(midnight, since) || held(midnight.AddDate(0, 0, -1), since+day)
}

// A look must not grow slow with the plan: the largest asks for no more than a walk over
// its overrides.
func BenchmarkOnCall(b *testing.B) {
	z := zone(b, "America/New_York")
	p := &Plan{Zone: z, Holidays: map[Date]string{{2026, 12, 25}: "Christmas"}}
	for i := range 50 {
		p.People = append(p.People, people(fmt.Sprint("person", i))...)
	}
	for i := range 20 {
		p.Rotations = append(p.Rotations, rotation(b, z, fmt.Sprintf("r%d: person1 person2 person%d, 2w from 2026-01-05 09:00", i, i), "Mon-Sun 00:00-24:00", "holidays"))
	}
	now := at(b, p, "2026-11-23 03:00")
	for i := range 1000 {
		from := now.Add(time.Duration(i-500) * 5 * time.Hour)
		p.Overrides = append(p.Overrides, Override{ID: fmt.Sprint(i), Person: "person49", Rotation: fmt.Sprint("r", i%20), From: from, Until: from.Add(time.Hour), At: from})
	}
	for b.Loop() {
		p.OnCall(now)
	}
}

// BenchmarkCalled is the plan of a usual practice.
func BenchmarkCalled(b *testing.B) {
	p := cedar(b)
	now := at(b, p, "2026-11-24 20:00")
	for b.Loop() {
		p.Called(2, now)
	}
}
