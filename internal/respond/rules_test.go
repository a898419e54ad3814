package respond_test

import (
	"testing"
	"time"

	"triage/internal/respond"
)

func TestSettledAndLastStep(t *testing.T) {
	w := newWorld(t)
	id := w.Open("c1")
	opened := w.Clock
	settled := func(want bool, at time.Time) {
		t.Helper()
		if c := w.Get(id); c.Settled() != want || !c.LastStep().Equal(at) {
			t.Fatalf("%s: settled %v, last step %v", c.State(), c.Settled(), c.LastStep())
		}
	}
	w.Wait(time.Second)
	_, err := w.Reveal(t.Context(), id, "priya")
	w.Must(err)
	settled(false, opened)
	w.Answer(id)
	settled(false, w.Clock)
	w.Wait(time.Minute)
	w.Step()
	settled(true, w.Clock)
}

// A practice may have a lane call more loudly, never more quietly.
func TestLanesMayBeRaised(t *testing.T) {
	w := newWorld(t)
	for _, l := range respond.Lanes {
		for _, to := range []respond.Loudness{"", respond.Silent, respond.Digest, respond.Hourly, respond.Tells, respond.Pages, "shouts"} {
			w.Live.Louder = map[respond.Lane]respond.Loudness{l: to}
			got, by := w.Loudness(l), respond.Plans[l].Loudness
			switch {
			case l == respond.LaneSample, to == "", to == "shouts":
				if got != by {
					t.Errorf("%s raised to %q calls %s", l, to, got)
				}
			case l == respond.LaneTakeDown || l == respond.LaneUrgent:
				if got != respond.Pages {
					t.Errorf("%s lowered to %s", l, got)
				}
			case to == respond.Pages && got != respond.Pages, to == respond.Silent && got != by, got != to && got != by:
				t.Errorf("%s, which %s, raised to %s, calls %s", l, by, to, got)
			}
		}
	}
	w.Live.Louder = map[respond.Lane]respond.Loudness{respond.LanePossible: respond.Tells}
	if w.Loudness(respond.LanePossible) != respond.Tells || w.Loudness(respond.LaneClear) != respond.Tells || w.Loudness(respond.LaneRoutine) != respond.Silent {
		t.Error("another lane was raised, or none")
	}
}
