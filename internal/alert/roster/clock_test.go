package roster

import (
	"testing"
	"time"
)

// nights are those on which clocks were changed, some in odd ways.
var nights = []struct{ zone, around string }{
	{"America/New_York", "2026-11-01T06:00:00Z"},
	{"America/New_York", "2027-03-14T07:00:00Z"},
	{"Europe/Berlin", "2026-10-25T01:00:00Z"},
	{"Australia/Lord_Howe", "2026-10-03T15:30:00Z"}, // half an hour
	{"Australia/Lord_Howe", "2027-04-03T15:00:00Z"},
	{"Pacific/Apia", "2011-12-30T10:00:00Z"},   // 30 December was left out
	{"America/Adak", "1983-10-30T12:00:00Z"},   // the zone moved and the summer ended at once
	{"Africa/Casablanca", "2026-02-15T02:00Z"}, // back for Ramadan, forth after it
	{"Asia/Pyongyang", "2018-05-04T15:00:00Z"},
	{"America/Nuuk", "2023-03-26T01:00:00Z"},
	{"UTC", "2026-11-01T06:00:00Z"},
}

func eachNight(t *testing.T, f func(t *testing.T, z *time.Location, around time.Time)) {
	for _, n := range nights {
		around, err := time.Parse(time.RFC3339, n.around)
		if err != nil {
			around = must[time.Time](t)(time.Parse("2006-01-02T15:04Z", n.around))
		}
		t.Run(n.zone+" "+n.around[:10], func(t *testing.T) { f(t, zone(t, n.zone), around) })
	}
}

// The clock is held against one that is read minute by minute.
func TestClockOnOddNights(t *testing.T) {
	eachNight(t, func(t *testing.T, z *time.Location, around time.Time) {
		first := map[clock]time.Time{}
		from := around.Add(-72 * time.Hour)
		reached := shows(from.In(z))
		for now := from; now.Before(around.Add(72 * time.Hour)); now = now.Add(time.Minute) {
			for read := shows(now.In(z)); reached <= read; reached += 60 {
				first[reached] = now
			}
			if now.Sub(from) < 48*time.Hour {
				continue // a clock that was put back before the walk began
			}
			if got := clockAt(now, z); got != reached-60 && got != reached-1 {
				t.Fatalf("at %v the clock has reached %d, not %d", now, got, reached-60)
			}
		}
		for c, want := range first {
			if got := c.in(z); !got.Equal(want) {
				t.Fatalf("the clock shows %v at %v, not %v", time.Unix(int64(c), 0).UTC(), want, got)
			}
		}
	})
}

// Handovers at 09:00 and hours at night, on the nights on which the clocks change.
func TestShiftsWhenTheClocksChange(t *testing.T) {
	for _, c := range []struct{ name, zone, turn, hours, from, until, want string }{
		{"autumn, by days", "America/New_York", "1d from 2026-10-30 09:00", "", "2026-10-31 10:00", "2026-11-02 08:00", `
			r b: Sat 31 09:00 -0400 to Sun 01 09:00 -0500
			r a: Sun 01 09:00 -0500 to Mon 02 09:00 -0500`},
		{"spring, by days", "America/New_York", "1d from 2027-03-12 09:00", "", "2027-03-13 10:00", "2027-03-15 08:00", `
			r b: Sat 13 09:00 -0500 to Sun 14 09:00 -0400
			r a: Sun 14 09:00 -0400 to Mon 15 09:00 -0400`},
		{"spring, at an hour that is left out", "America/New_York", "1d from 2027-03-12 02:30", "", "2027-03-13 10:00", "2027-03-15 02:30", `
			r b: Sat 13 02:30 -0500 to Sun 14 03:00 -0400
			r a: Sun 14 03:00 -0400 to Mon 15 02:30 -0400`},
		{"autumn, at an hour that comes twice", "America/New_York", "1d from 2026-10-30 01:30", "", "2026-10-31 10:00", "2026-11-02 01:30", `
			r b: Sat 31 01:30 -0400 to Sun 01 01:30 -0400
			r a: Sun 01 01:30 -0400 to Mon 02 01:30 -0500`},
		{"autumn, by hours", "America/New_York", "12h from 2026-10-31 08:00", "", "2026-10-31 20:00", "2026-11-01 19:00", `
			r b: Sat 31 20:00 -0400 to Sun 01 07:00 -0500
			r a: Sun 01 07:00 -0500 to Sun 01 19:00 -0500`},
		{"autumn, hours of the night", "America/New_York", "1w from 2026-10-26 00:00", "01:30-02:30", "2026-10-31 12:00", "2026-11-01 12:00", `
			r a: Sun 01 01:30 -0400 to Sun 01 02:30 -0500`},
		{"autumn, hours that come twice", "America/New_York", "1w from 2026-10-26 00:00", "01:00-01:30", "2026-10-31 12:00", "2026-11-02 12:00", `
			r a: Sun 01 01:00 -0400 to Sun 01 01:30 -0400
			r b: Mon 02 01:00 -0500 to Mon 02 01:30 -0500`},
		{"spring, hours that are left out", "America/New_York", "2w from 2027-03-08 00:00", "02:00-03:00", "2027-03-13 00:00", "2027-03-16 00:00", `
			r a: Sat 13 02:00 -0500 to Sat 13 03:00 -0500
			r a: Mon 15 02:00 -0400 to Mon 15 03:00 -0400`},
		{"spring, half an hour", "Australia/Lord_Howe", "1d from 2026-10-03 02:00", "", "2026-10-03 12:00", "2026-10-05 02:00", `
			r a: Sat 03 02:00 +1030 to Sun 04 02:30 +1100
			r b: Sun 04 02:30 +1100 to Mon 05 02:00 +1100`},
		{"a day that never was", "Pacific/Apia", "1d from 2011-12-28 09:00", "", "2011-12-28 12:00", "2012-01-01 09:00", `
			r a: Wed 28 09:00 -1000 to Thu 29 09:00 -1000
			r b: Thu 29 09:00 -1000 to Sat 31 00:00 +1400
			r a: Sat 31 00:00 +1400 to Sat 31 09:00 +1400
			r b: Sat 31 09:00 +1400 to Sun 01 09:00 +1400`},
		{"weekdays of a day that never was", "Pacific/Apia", "4w from 2011-12-05 00:00", "Thu-Sat 12:00-06:00", "2011-12-29 00:00", "2012-01-02 00:00", `
			r a: Thu 29 12:00 -1000 to Sat 31 00:00 +1400
			r a: Sat 31 00:00 +1400 to Sat 31 06:00 +1400
			r a: Sat 31 12:00 +1400 to Sun 01 06:00 +1400`},
	} {
		t.Run(c.name, func(t *testing.T) {
			z := zone(t, c.zone)
			var hours []string
			if c.hours != "" {
				hours = []string{c.hours}
			}
			p := &Plan{People: people("a", "b"), Zone: z, Rotations: []Rotation{rotation(t, z, "r: a b, "+c.turn, hours...)}}
			same(t, "shifts", table(p.Shifts(at(t, p, c.from), at(t, p, c.until))), c.want)
		})
	}
}

func TestStartOnOddNights(t *testing.T) {
	for _, c := range [][3]string{
		{"America/New_York", "2027-03-14 02:30", "2027-03-14T03:00:00-04:00"},
		{"America/New_York", "2026-11-01 01:30", "2026-11-01T01:30:00-04:00"},
		{"Pacific/Apia", "2011-12-30 12:00", "2011-12-31T00:00:00+14:00"},
		{"UTC", " 2026-11-23 09:00 ", "2026-11-23T09:00:00Z"},
	} {
		got, err := ParseStart(c[1], zone(t, c[0]))
		if err != nil || got.Format(time.RFC3339) != c[2] {
			t.Errorf("%s in %s: %v %v, want %s", c[1], c[0], got.Format(time.RFC3339), err, c[2])
		}
	}
}
