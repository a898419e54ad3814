package respond_test

import (
	"testing"
	"time"

	"triage/internal/ingest"
	"triage/internal/respond"
	"triage/internal/respond/may"
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

func TestThereIsAlwaysADailyCap(t *testing.T) {
	for given, want := range map[int]int{-1: respond.DefaultCap, 0: respond.DefaultCap, 1: 1, 300: 300} {
		if got := (respond.Rules{DailyCap: given}).Cap(); got != want {
			t.Errorf("%d: %d", given, got)
		}
	}
}

// The desk finds out by itself what keeps an account back.
func TestTheDeskKnowsWhatWaits(t *testing.T) {
	w := newWorld(t)
	id := w.Open("c1")
	codes := func() (out []string) {
		for _, a := range w.May(w.Get(id)).Of(ingest.Reply) {
			out = append(out, a.Code)
		}
		return out
	}
	if got := codes(); len(got) != 1 || got[0] != "" {
		t.Fatalf("a plain case: %q", got)
	}
	for i := range 50 {
		other := w.Open("other" + string(rune('A'+i)))
		w.Answer(other)
		w.Wait(time.Minute)
		w.Step()
	}
	if got := codes(); len(got) != 1 || got[0] != may.CodeFull {
		t.Errorf("after 50 replies: %q", got)
	}
	w.Wait(25 * time.Hour)
	if got := codes(); got[0] != "" {
		t.Errorf("a day later: %q", got)
	}
}
