package respond

import (
	"context"
	"runtime"
	"strings"
	"testing"
	"time"

	"triage/internal/ingest"
)

// told fails unless the case waits for a person, who learns that what was
// approved did not go out.
func (w *world) told(id string) {
	w.t.Helper()
	w.stands(id, Withdrawn, "withdrawn reply")
	if c := w.get(id); !c.Open() || !strings.Contains(c.Actions[0].Why, "switched off") {
		w.t.Fatalf("open %v: %+v", c.Open(), c.Actions)
	}
	if len(w.plat.acts) > 0 {
		w.t.Fatal("it went out")
	}
}

func TestSwitchedOffAfterApproval(t *testing.T) {
	t.Run("what was approved is withdrawn, and stays so", func(t *testing.T) {
		w := newWorld(t)
		id := w.open("c1")
		w.approve(id)
		w.rules.Shadow = true
		w.step() // before its undo window ends
		w.told(id)
		w.rules.Shadow = false
		w.wait(time.Hour)
		w.step()
		w.told(id)
		w.approve(id) // a person says so again
		w.wait(time.Minute)
		w.step()
		w.stands(id, Sent)
	})
	t.Run("off and on again while nobody looked", func(t *testing.T) {
		w := newWorld(t)
		early, late := w.open("c1"), w.open("c2")
		w.approve(early)
		w.wait(time.Second)
		w.rules.Since = w.clock
		w.step()
		w.told(early)
		w.approve(late)
		w.wait(time.Minute)
		w.step()
		w.stands(late, Sent)
	})
	t.Run("while the platform is read", func(t *testing.T) {
		w := newWorld(t)
		id := w.open("c1")
		w.approve(id)
		w.wait(time.Minute)
		w.plat.looked = func() { w.rules.Shadow = true }
		w.step()
		w.told(id)
	})
	t.Run("after the reply: what is still pending is withdrawn", func(t *testing.T) {
		w := newWorld(t)
		id := w.open("c1")
		_, err := w.Approve(t.Context(), Decision{Case: id, By: "marta", Reply: safe, Private: safe, Hide: "identifier"})
		w.must(err)
		w.wait(time.Minute)
		w.step()
		w.rules.Shadow = true
		w.step()
		want := map[ingest.ActionKind]State{ingest.Reply: Sent, ingest.Private: Withdrawn, ingest.Hide: Withdrawn}
		for _, a := range w.get(id).Actions {
			if a.State != want[a.Kind] || a.Look != (a.Kind != ingest.Reply) {
				t.Errorf("%s is %s, look %v", a.Kind, a.State, a.Look)
			}
		}
	})
	t.Run("an attempt under way is still looked after", func(t *testing.T) {
		w := newWorld(t)
		id := w.open("c1")
		w.plat.answer, w.plat.store = answer(ingest.Outcome{Result: ingest.Unclear}), true
		w.approve(id)
		w.wait(time.Minute)
		w.step()
		w.rules.Shadow = true
		w.wait(time.Hour)
		w.step()
		w.stands(id, Sent)
	})
}

func TestRulesAreReadAtEachUse(t *testing.T) {
	w := newWorld(t)
	w.rules.Window = time.Hour
	id := w.open("c1")
	w.approve(id)
	w.wait(59 * time.Minute)
	w.step()
	w.stands(id, Approved)
	w.rules.DailyCap = 1
	other := w.open("c2")
	w.rules.Window = time.Minute
	w.approve(other)
	w.wait(time.Minute)
	w.step()
	if w.replies() != 1 {
		t.Fatalf("%d replies, the limit is 1 now", w.replies())
	}
	w.rules.DailyCap, w.rules.ReadBack = 0, time.Second
	w.plat.answer, w.plat.store = answer(ingest.Outcome{Result: ingest.Unclear}), true
	third := w.open("c3")
	w.approve(third)
	w.wait(time.Minute)
	w.step()
	w.stands(third, Sending)
	w.wait(time.Second)
	w.step()
	w.stands(third, Sent)
}

// The pause is kept with the case at which the platform asked for it, whatever
// becomes of that case.
func TestPauseOutlivesItsSender(t *testing.T) {
	for name, out := range map[string]ingest.Outcome{
		"refused": {Result: ingest.Refused, StopPosting: true, After: 24 * time.Hour, Code: "368"},
		"later":   {Result: ingest.Later, StopPosting: true, After: 24 * time.Hour, Code: "368"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.plat.answer = answer(out)
			first := w.open("c1")
			w.approve(first)
			w.wait(time.Minute)
			w.step()
			w.plat.answer = nil
			w.erase(first, WhyRequest)
			second := w.open("c2")
			w.approve(second)
			w.wait(23 * time.Hour)
			next := &Sender{Desk: w.Desk, Log: w.sender.Log}
			ended, cancel := context.WithCancel(t.Context())
			cancel()
			w.must(next.Run(ended, nil))
			next.Step(t.Context())
			w.stands(second, Approved)
			w.wait(time.Hour)
			next.Step(t.Context())
			w.stands(second, Sent)
		})
	}
}

// A lease comes and goes: the sender ends with it and begins with the next.
func TestSenderRunsAgain(t *testing.T) {
	w := newWorld(t)
	for _, item := range []string{"c1", "c2"} {
		id := w.open(item)
		w.approve(id)
		w.wait(time.Minute)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- w.sender.Run(ctx, nil) }()
		for w.get(id).State() != Sent { // fails by the test's own time limit
			runtime.Gosched()
		}
		cancel()
		w.must(<-ended)
	}
	if w.replies() != 2 {
		t.Fatalf("%d replies", w.replies())
	}
}

func TestSettledAndLastStep(t *testing.T) {
	w := newWorld(t)
	id := w.open("c1")
	opened := w.clock
	settled := func(want bool, at time.Time) {
		t.Helper()
		if c := w.get(id); c.Settled() != want || !c.LastStep().Equal(at) {
			t.Fatalf("%s: settled %v, last step %v", c.State(), c.Settled(), c.LastStep())
		}
	}
	w.wait(time.Second)
	_, err := w.Reveal(t.Context(), id, "priya")
	w.must(err)
	settled(false, opened)
	w.approve(id)
	settled(false, w.clock)
	w.wait(time.Minute)
	w.step()
	settled(true, w.clock)
}

// A practice may have a lane call more loudly, never more quietly.
func TestLanesMayBeRaised(t *testing.T) {
	w := newWorld(t)
	for _, l := range Lanes {
		for _, to := range []Loudness{"", Silent, Digest, Hourly, Tells, Pages, "shouts"} {
			w.rules.Louder = map[Lane]Loudness{l: to}
			got, by := w.Loudness(l), Plans[l].Loudness
			switch {
			case l == LaneSample, to == "", to == "shouts":
				if got != by {
					t.Errorf("%s raised to %q calls %s", l, to, got)
				}
			case l == LaneTakeDown || l == LaneUrgent:
				if got != Pages {
					t.Errorf("%s lowered to %s", l, got)
				}
			case to == Pages && got != Pages, to == Silent && got != by, got != to && got != by:
				t.Errorf("%s, which %s, raised to %s, calls %s", l, by, to, got)
			}
		}
	}
	w.rules.Louder = map[Lane]Loudness{LanePossible: Tells}
	if w.Loudness(LanePossible) != Tells || w.Loudness(LaneClear) != Tells || w.Loudness(LaneRoutine) != Silent {
		t.Error("another lane was raised, or none")
	}
}
