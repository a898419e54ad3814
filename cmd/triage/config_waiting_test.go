package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"triage/internal/checks"
	"triage/internal/respond"
)

// What the practice says goes before the default of that lane, and of no other.
func TestWaitingLimitsOfThePractice(t *testing.T) {
	cfg := defaults()
	cfg.Alerts.Waiting = []string{"clear 30m 3h", "look  1d 3d"}
	got := cfg.limits(func(key, format string, args ...any) { t.Errorf(key+": "+format, args...) })
	for lane, want := range checks.DefaultLimits {
		switch lane {
		case respond.LaneClear:
			want = checks.Limits{Tell: 30 * time.Minute, Page: 3 * time.Hour}
		case respond.LaneLook:
			want = checks.Limits{Tell: 24 * time.Hour, Page: 72 * time.Hour}
		}
		if got[lane] != want {
			t.Errorf("%s: %v, want %v", lane, got[lane], want)
		}
	}
	if checks.DefaultLimits[respond.LaneClear].Page != 12*time.Hour || len(got) != len(checks.DefaultLimits) {
		t.Error("the defaults themselves were changed, or a lane is lost")
	}
	var w checks.Waiting
	s := &service{cfg: cfg}
	if w = s.waiting(workings{}, nil); w.Limits[respond.LaneClear].Page != 3*time.Hour {
		t.Errorf("the check does not go by them: %v", w.Limits)
	}
}

// The example and the guide say the defaults as they are.
func TestWaitingDefaultsAreTold(t *testing.T) {
	for _, path := range []string{exampleFile, "../../docs/alerting.md"} {
		text := readFile(t, path)
		for lane, l := range checks.DefaultLimits {
			if want := fmt.Sprintf("%s %s %s", lane, duration{l.Tell}.text(), duration{l.Page}.text()); !strings.Contains(text, want) {
				t.Errorf("%s does not say %q", path, want)
			}
		}
	}
}
