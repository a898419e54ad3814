package main

import (
	"testing"
	"time"

	"go.uber.org/zap"

	"triage/internal/alert/roster"
)

// A fresh service's checks can all look, say nothing, and have names of their own.
func TestChecksOfAFreshServiceSayNothing(t *testing.T) {
	cfg := defaults()
	cfg.Data.Dir = t.TempDir()
	cfg.Practice.Name, cfg.Practice.Phone = "Cedar Family Practice", "(503) 555-0142"
	cfg.accountDefaults()
	s := &service{cfg: cfg, out: t.Output(), log: zap.NewNop()}
	p, err := s.workings(opening(t, cfg))
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, c := range s.checks(p, p.duty) {
		if names[c.Name()] {
			t.Errorf("two checks are called %s: the keys of both begin with it", c.Name())
		}
		names[c.Name()] = true
		if found, err := c.Look(t.Context()); err != nil || len(found) > 0 && c.Name() != "disk" { // which may be full here
			t.Errorf("%s: %+v, %v", c.Name(), found, err)
		}
	}
	if len(names) < 18 {
		t.Errorf("only %d checks", len(names))
	}
}

// Nobody is woken for what can wait, in the team's quiet hours or else at night.
func TestNightIsWhenTheTeamIsQuiet(t *testing.T) {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	weekend, err := roster.ParseHours([]string{"Sat-Sun"})
	if err != nil {
		t.Fatal(err)
	}
	day := func(d, hour int) time.Time { return time.Date(2026, 9, d, hour, 0, 0, 0, zone) } // 4 September is a Friday
	for _, tt := range []struct {
		quiet     roster.Hours
		at, until time.Time
	}{
		{roster.Hours{}, day(4, 21), time.Time{}}, {roster.Hours{}, day(4, 22), day(5, 7)}, {roster.Hours{}, day(5, 6), day(5, 7)}, {roster.Hours{}, day(5, 7), time.Time{}},
		{weekend, day(4, 23), time.Time{}}, {weekend, day(5, 12), day(7, 0)},
	} {
		if got := night(roster.Plan{Quiet: tt.quiet, Zone: zone})(tt.at); !got.Equal(tt.until) {
			t.Errorf("at %v: until %v, want %v", tt.at, got, tt.until)
		}
	}
}
