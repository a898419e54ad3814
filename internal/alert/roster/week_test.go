package roster

import (
	"slices"
	"testing"
	"time"
)

// cedar is a practice with a duty around the clock, one in office hours, Thanksgiving,
// and overrides.
func cedar(t testing.TB) *Plan {
	z := zone(t, "America/Los_Angeles")
	p := &Plan{
		People: people("dana", "lee", "marta", "kim"), Zone: z,
		Rotations: []Rotation{
			rotation(t, z, "primary: dana lee, 1d from 2026-11-23 09:00"),
			rotation(t, z, "office: marta kim, 1w from 2026-11-16 00:00", "Mon-Fri 08:00-12:00", "Mon-Fri 13:00-18:00", "holidays 10:00-11:00"),
		},
		Steps: []Step{
			{Rotations: []string{"office"}, Wait: 5 * time.Minute},
			{Rotations: []string{"primary", "office"}, People: []string{"kim"}, Wait: 10 * time.Minute},
			{Everybody: true},
		},
		Team:     []Line{{Channel: "chat"}},
		Quiet:    must[Hours](t)(ParseHours([]string{"22:00-07:00", "Sat,Sun,holidays"})),
		Holidays: map[Date]string{{2026, 11, 26}: "Thanksgiving"},
	}
	for _, o := range []Override{
		override(t, p, "o1", "primary", "marta", "2026-11-24 12:00", "2026-11-25 12:00"),
		override(t, p, "o2", "", "kim", "2026-11-25 10:00", "2026-11-25 15:00"),
		override(t, p, "o3", "office", "lee", "2026-11-28 20:00", "2026-11-28 23:00"),
		override(t, p, "gone", "primary", "zoe", "2026-11-27 00:00", "2026-11-28 00:00"),
	} {
		o.At = o.At.Add(time.Duration(len(p.Overrides)) * time.Hour)
		p.Overrides = append(p.Overrides, o)
	}
	return p
}

func TestAWeekOfShifts(t *testing.T) {
	p := cedar(t)
	same(t, "shifts", table(p.Shifts(at(t, p, "2026-11-23 00:00"), at(t, p, "2026-11-30 00:00"))), `
		primary lee: Sun 22 09:00 -0800 to Mon 23 09:00 -0800
		primary dana: Mon 23 09:00 -0800 to Tue 24 09:00 -0800
		primary lee: Tue 24 09:00 -0800 to Tue 24 12:00 -0800
		primary marta o1: Tue 24 12:00 -0800 to Wed 25 10:00 -0800
		primary kim o2: Wed 25 10:00 -0800 to Wed 25 15:00 -0800
		primary dana: Wed 25 15:00 -0800 to Thu 26 09:00 -0800
		primary lee: Thu 26 09:00 -0800 to Fri 27 09:00 -0800
		primary dana: Fri 27 09:00 -0800 to Sat 28 09:00 -0800
		primary lee: Sat 28 09:00 -0800 to Sun 29 09:00 -0800
		primary dana: Sun 29 09:00 -0800 to Mon 30 09:00 -0800
		office kim: Mon 23 08:00 -0800 to Mon 23 12:00 -0800
		office kim: Mon 23 13:00 -0800 to Mon 23 18:00 -0800
		office kim: Tue 24 08:00 -0800 to Tue 24 12:00 -0800
		office kim: Tue 24 13:00 -0800 to Tue 24 18:00 -0800
		office kim: Wed 25 08:00 -0800 to Wed 25 10:00 -0800
		office kim o2: Wed 25 10:00 -0800 to Wed 25 15:00 -0800
		office kim: Wed 25 15:00 -0800 to Wed 25 18:00 -0800
		office kim: Thu 26 10:00 -0800 to Thu 26 11:00 -0800
		office kim: Fri 27 08:00 -0800 to Fri 27 12:00 -0800
		office kim: Fri 27 13:00 -0800 to Fri 27 18:00 -0800
		office lee o3: Sat 28 20:00 -0800 to Sat 28 23:00 -0800`)
	same(t, "gaps", table(p.Gaps(at(t, p, "2026-11-25 09:00"), at(t, p, "2026-11-29 00:00"))), `
		: Wed 25 18:00 -0800 to Thu 26 10:00 -0800
		: Thu 26 11:00 -0800 to Fri 27 08:00 -0800
		: Fri 27 12:00 -0800 to Fri 27 13:00 -0800
		: Fri 27 18:00 -0800 to Sat 28 20:00 -0800
		: Sat 28 23:00 -0800 to Sun 29 00:00 -0800`)
	if stale := p.Stale(); len(stale) != 1 || stale[0].ID != "gone" {
		t.Errorf("stale: %v", stale)
	}
}

func TestWhomEachStepCalls(t *testing.T) {
	p := cedar(t)
	for _, c := range []struct{ when, first, second, third string }{
		{"2026-11-23 08:59", "kim", "lee", "dana marta"},
		{"2026-11-23 09:00", "kim", "dana", "lee marta"},
		{"2026-11-23 12:00", "", "dana kim", "lee marta"},
		{"2026-11-24 20:00", "", "marta kim", "dana lee"},
		{"2026-11-25 11:00", "kim", "", "dana lee marta"},
		{"2026-11-26 11:00", "", "lee kim", "dana marta"},
		{"2026-11-27 07:00", "", "lee kim", "dana marta"}, // not zoe, who is gone
		{"2026-11-28 21:00", "lee", "kim", "dana marta"},
	} {
		now := at(t, p, c.when)
		for step, want := range []string{c.first, c.second, c.third, ""} {
			if got := called(p, step, now); got != want {
				t.Errorf("%s step %d calls %q, want %q", c.when, step, got, want)
			}
		}
	}
	if p.NoStep(2) || !p.NoStep(3) || !p.NoStep(-1) || p.Called(-1, time.Now()) != nil {
		t.Error("there are steps 0, 1 and 2")
	}
}

func TestStepsOfItself(t *testing.T) {
	p := cedar(t)
	p.Steps = nil
	now := at(t, p, "2026-11-23 10:00")
	same(t, "with rotations", called(p, 0, now)+"/"+called(p, 1, now), "dana kim/lee marta")
	if e := p.Escalation(); len(e) != 2 || e[0].Wait != 10*time.Minute || e[0].String() != "rotation primary, rotation office" || e[1].String() != "everybody" {
		t.Errorf("escalation: %v", e)
	}
	if gaps := p.Gaps(now, now.AddDate(0, 1, 0)); gaps != nil {
		t.Errorf("gaps although primary is always there: %v", gaps)
	}

	p.Rotations, p.Overrides = nil, nil
	same(t, "people only", called(p, 0, now)+"/"+called(p, 1, now)+"/"+table(p.OnCall(now)), "dana/lee marta kim/dana: ever to ever")
	same(t, "shifts of people only", table(p.Shifts(now, now.Add(time.Hour))), "dana: ever to ever")

	p.People = nil
	if p.OnCall(now) != nil || p.Called(0, now) != nil || p.Called(1, now) != nil {
		t.Error("somebody is called although there is nobody")
	}
	same(t, "nobody", table(p.Gaps(now, now.Add(time.Hour))), ": Mon 23 10:00 -0800 to Mon 23 11:00 -0800")
}

func TestAnOverrideWithoutRotationsTakesTheFirstPersonsPlace(t *testing.T) {
	p := cedar(t)
	p.Rotations = nil
	p.Steps = []Step{{People: []string{"lee", "kim"}, Wait: time.Minute}, {Everybody: true}}
	p.Overrides = []Override{override(t, p, "o", "", "marta", "2026-11-23 20:00", "2026-11-24 08:00")}
	before, during := at(t, p, "2026-11-23 19:59"), at(t, p, "2026-11-23 20:00")
	same(t, "before", called(p, 0, before)+"/"+called(p, 1, before), "lee kim/dana marta")
	same(t, "during", called(p, 0, during)+"/"+called(p, 1, during), "marta kim/dana lee")
	same(t, "shifts", table(p.Shifts(before, at(t, p, "2026-11-24 12:00"))), `
		lee: ever to Mon 23 20:00 -0800
		marta o: Mon 23 20:00 -0800 to Tue 24 08:00 -0800
		lee: Tue 24 08:00 -0800 to ever`)
	p.Steps = []Step{{Everybody: true}}
	same(t, "everybody", called(p, 0, during), "marta dana lee kim")
}

// Of those that overlap, the one that was said last holds, in whatever order they are
// stored; one that is impossible changes nothing.
func TestTheLatestOverrideHolds(t *testing.T) {
	z := time.UTC
	p := &Plan{People: people("a", "b", "c", "d"), Zone: z, Rotations: []Rotation{rotation(t, z, "r: a, 4w from 2026-11-02 00:00")}}
	long := override(t, p, "long", "", "b", "2026-11-03 00:00", "2026-11-10 00:00")
	short := override(t, p, "short", "r", "c", "2026-11-04 00:00", "2026-11-05 00:00")
	hidden := override(t, p, "hidden", "r", "d", "2026-11-06 00:00", "2026-11-07 00:00")
	never := override(t, p, "never", "", "d", "2026-11-08 00:00", "2026-11-08 00:00")
	short.At, hidden.At, never.At = long.At.Add(time.Minute), long.At.Add(-time.Minute), long.At.Add(time.Hour)
	p.Overrides = []Override{short, never, long, hidden}
	for range 4 {
		p.Overrides = append(p.Overrides[1:], p.Overrides[0])
		same(t, "shifts", table(p.Shifts(at(t, p, "2026-11-02 00:00"), at(t, p, "2026-11-11 00:00"))), `
			r a: Mon 02 00:00 +0000 to Tue 03 00:00 +0000
			r b long: Tue 03 00:00 +0000 to Wed 04 00:00 +0000
			r c short: Wed 04 00:00 +0000 to Thu 05 00:00 +0000
			r b long: Thu 05 00:00 +0000 to Tue 10 00:00 +0000
			r a: Tue 10 00:00 +0000 to Mon 30 00:00 +0000`)
	}
	twin := long
	twin.ID, twin.Person = "z", "d"
	p.Overrides = []Override{long, twin}
	first := p.OnCall(at(t, p, "2026-11-03 12:00"))
	slices.Reverse(p.Overrides)
	if again := p.OnCall(at(t, p, "2026-11-03 12:00")); len(first) != 1 || first[0] != again[0] || again[0].Person != "d" {
		t.Errorf("two of the same second: %v, then %v", first, again)
	}
}

func TestQuietHoursEnd(t *testing.T) {
	p := cedar(t)
	for _, c := range [][2]string{
		{"2026-11-23 21:59", ""},
		{"2026-11-23 22:00", "2026-11-24 07:00"},
		{"2026-11-24 06:59", "2026-11-24 07:00"},
		{"2026-11-24 07:00", ""},
		{"2026-11-25 23:00", "2026-11-27 07:00"}, // the night, Thanksgiving, the night
		{"2026-11-26 12:00", "2026-11-27 07:00"},
		{"2026-11-27 22:30", "2026-11-30 07:00"}, // a weekend
	} {
		until, quiet := p.QuietUntil(at(t, p, c[0]))
		if quiet != (c[1] != "") || quiet && !until.Equal(at(t, p, c[1])) {
			t.Errorf("%s: quiet %v until %v, want %q", c[0], quiet, until, c[1])
		}
	}
	p.Quiet = Hours{}
	if _, quiet := p.QuietUntil(at(t, p, "2026-11-25 23:00")); quiet {
		t.Error("no quiet hours are configured")
	}
	if name, is := p.Holiday(at(t, p, "2026-11-26 23:59")); !is || name != "Thanksgiving" {
		t.Errorf("holiday: %q %v", name, is)
	}
	if name, is := p.Holiday(at(t, p, "2026-11-27 00:00")); is {
		t.Errorf("no holiday: %q", name)
	}
}
