package digest

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"triage/internal/alert/roster"
)

// zoneOf is a zone by its name.
func zoneOf(name string) *time.Location { return must(time.LoadLocation(name)) }

func TestNextTime(t *testing.T) {
	everyDay := allDays
	for name, c := range map[string]struct {
		clock       Clock
		after, want string // by the clock's zone, and by UTC
	}{
		"before it":                     {Clock{At: "07:30"}, "2026-11-23 07:29", "2026-11-23 07:30"},
		"at it":                         {Clock{At: "07:30"}, "2026-11-23 07:30", "2026-11-24 07:30"},
		"Friday, to Monday":             {Clock{At: "07:30"}, "2026-11-20 08:00", "2026-11-23 07:30"},
		"over a holiday":                {Clock{At: "07:30", Holidays: map[roster.Date]string{{Year: 2026, Month: 11, Day: 26}: "Thanksgiving"}}, "2026-11-25 08:00", "2026-11-27 07:30"},
		"on Mondays":                    {Clock{At: "07:30", Days: []time.Weekday{time.Monday}}, "2026-11-23 07:31", "2026-11-30 07:30"},
		"the day before clocks change":  {Clock{At: "07:30", Days: everyDay, Zone: chicago}, "2026-03-07 12:00", "2026-03-08 12:30"},
		"an hour that is left out":      {Clock{At: "02:30", Days: everyDay, Zone: chicago}, "2026-03-07 12:00", "2026-03-08 08:00"},
		"an hour that comes twice":      {Clock{At: "01:30", Days: everyDay, Zone: chicago}, "2026-10-31 12:00", "2026-11-01 06:30"},
		"half an hour that is left out": {Clock{At: "02:15", Days: everyDay, Zone: zoneOf("Australia/Lord_Howe")}, "2026-10-03 12:00", "2026-10-03 15:30"},
		"a day that is left out":        {Clock{At: "07:30", Days: everyDay, Zone: zoneOf("Pacific/Apia")}, "2011-12-29 12:00", "2011-12-30 17:30"},
	} {
		got := c.clock.Next(date(c.clock.zone(), c.after))
		if want := date(time.UTC, c.want); !got.Equal(want) {
			t.Errorf("%s: it is due at %s, want %s", name, got.UTC(), want)
		}
	}
}

// Whatever the zone and the moment: Last and Next lie around it, nothing is between them,
// and each day has one at most.
func TestTimesAreInOrder(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	zones := []*time.Location{nil, chicago, zoneOf("Pacific/Apia"), zoneOf("Australia/Lord_Howe"), zoneOf("Africa/Cairo"), zoneOf("America/Havana")}
	for range 500 {
		days := allDays[:1+r.IntN(7)]
		c := Clock{At: time.Unix(int64(r.IntN(1440)*60), 0).UTC().Format("15:04"), Days: days, Zone: zones[r.IntN(len(zones))]}
		at := time.Unix(1.0e9+r.Int64N(1e9), 0)
		last, next := c.Last(at), c.Next(at)
		switch {
		case last.After(at) || !next.After(at):
			t.Fatalf("%v: around %s are %s and %s", c, at, last, next)
		case !c.Next(last).Equal(next) || !c.Last(next.Add(-1)).Equal(last):
			t.Fatalf("%v: something is between %s and %s", c, last, next)
		case c.Day(last) == c.Day(next) || !slices.Contains(days, next.In(c.zone()).Weekday()):
			t.Fatalf("%v: %s and %s are on the wrong days", c, last, next)
		}
	}
}

func TestClocksThatAreWrong(t *testing.T) {
	for _, at := range []string{"", "7:30", "24:00", "07:60", "07:30 ", "half past"} {
		if (Clock{At: at}).Validate() == nil {
			t.Errorf("%q is taken", at)
		}
	}
	if err := (Clock{At: "07:30"}).Validate(); err != nil {
		t.Error(err)
	}
	if got, err := ParseDays([]string{"Mon", "sun"}); err != nil || !slices.Equal(got, []time.Weekday{time.Monday, time.Sunday}) {
		t.Errorf("the days are %v, %v", got, err)
	}
	if _, err := ParseDays([]string{"Montag"}); err == nil {
		t.Error("a day that is none is taken")
	}
	never := Clock{At: "07:30", Days: []time.Weekday{time.Monday}, Holidays: map[roster.Date]string{}}
	for d := date(time.UTC, "2025-01-01 00:00"); d.Year() < 2028; d = d.AddDate(0, 0, 1) {
		never.Holidays[roster.DateOf(d)] = ""
	}
	if at := never.Next(date(time.UTC, "2026-06-01 00:00")); !at.IsZero() {
		t.Errorf("a clock of holidays is due at %s", at)
	}
}

func TestParseDaysSaysWhichIsNone(t *testing.T) {
	if days, err := ParseDays([]string{"mon", " Sat"}); err != nil || len(days) != 2 || days[1] != time.Saturday {
		t.Errorf("%v, %v", days, err)
	}
	if _, err := ParseDays([]string{"Mon", "Mo"}); err == nil || !strings.HasPrefix(err.Error(), "entry 2 is no day of the week: write ") {
		t.Error(err)
	}
}
