package send

import (
	"context"
	"runtime"
	"strings"
	"testing"
	"time"

	"triage/internal/ingest"
	"triage/internal/respond"
	"triage/internal/respond/desktest"
)

// told fails unless the case waits for a person, who learns that what was
// approved did not go out.
func (w *world) told(id string) {
	w.T.Helper()
	w.Stands(id, respond.Withdrawn, "withdrawn reply")
	if c := w.Get(id); !c.Open() || !strings.Contains(c.Actions[0].Why, "switched off") {
		w.T.Fatalf("open %v: %+v", c.Open(), c.Actions)
	}
	if len(w.Plat.Acts) > 0 {
		w.T.Fatal("it went out")
	}
}

func TestSwitchedOffAfterApproval(t *testing.T) {
	t.Run("what was approved is withdrawn, and stays so", func(t *testing.T) {
		w := newWorld(t)
		id := w.Open("c1")
		w.Answer(id)
		w.Live.Shadow = true
		w.Step() // before its undo window ends
		w.told(id)
		w.Live.Shadow = false
		w.Wait(time.Hour)
		w.Step()
		w.told(id)
		w.Answer(id) // a person says so again
		w.Wait(time.Minute)
		w.Step()
		w.Stands(id, respond.Sent)
	})
	t.Run("off and on again while nobody looked", func(t *testing.T) {
		w := newWorld(t)
		early, late := w.Open("c1"), w.Open("c2")
		w.Answer(early)
		w.Wait(time.Second)
		w.Live.Since = w.Clock
		w.Step()
		w.told(early)
		w.Answer(late)
		w.Wait(time.Minute)
		w.Step()
		w.Stands(late, respond.Sent)
	})
	t.Run("while the platform is read", func(t *testing.T) {
		w := newWorld(t)
		id := w.Open("c1")
		w.Answer(id)
		w.Wait(time.Minute)
		w.Plat.Looked = func() { w.Live.Shadow = true }
		w.Step()
		w.told(id)
	})
	t.Run("after the reply: what is still pending is withdrawn", func(t *testing.T) {
		w := newWorld(t)
		id := w.Open("c1")
		_, err := w.Approve(t.Context(), respond.Decision{Case: id, By: "marta", Reply: desktest.Safe, Private: desktest.Safe, Hide: "identifier"})
		w.Must(err)
		w.Wait(time.Minute)
		w.Step()
		w.Live.Shadow = true
		w.Step()
		want := map[ingest.ActionKind]respond.State{ingest.Reply: respond.Sent, ingest.Private: respond.Withdrawn, ingest.Hide: respond.Withdrawn}
		for _, a := range w.Get(id).Actions {
			if a.State != want[a.Kind] || a.Look != (a.Kind != ingest.Reply) {
				t.Errorf("%s is %s, look %v", a.Kind, a.State, a.Look)
			}
		}
	})
	t.Run("an attempt under way is still looked after", func(t *testing.T) {
		w := newWorld(t)
		id := w.Open("c1")
		w.Plat.Answer, w.Plat.Store = desktest.Always(ingest.Outcome{Result: ingest.Unclear}), true
		w.Answer(id)
		w.Wait(time.Minute)
		w.Step()
		w.Live.Shadow = true
		w.Wait(time.Hour)
		w.Step()
		w.Stands(id, respond.Sent)
	})
}

func TestRulesAreReadAtEachUse(t *testing.T) {
	w := newWorld(t)
	w.Live.Window = time.Hour
	id := w.Open("c1")
	w.Answer(id)
	w.Wait(59 * time.Minute)
	w.Step()
	w.Stands(id, respond.Approved)
	w.Live.DailyCap = 1
	other := w.Open("c2")
	w.Live.Window = time.Minute
	w.Answer(other)
	w.Wait(time.Minute)
	w.Step()
	if w.Plat.Replies() != 1 {
		t.Fatalf("%d replies, the limit is 1 now", w.Plat.Replies())
	}
	w.Live.DailyCap, w.Live.ReadBack = 0, time.Second
	w.Plat.Answer, w.Plat.Store = desktest.Always(ingest.Outcome{Result: ingest.Unclear}), true
	third := w.Open("c3")
	w.Answer(third)
	w.Wait(time.Minute)
	w.Step()
	w.Stands(third, respond.Sending)
	w.Wait(time.Second)
	w.Step()
	w.Stands(third, respond.Sent)
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
			w.Plat.Answer = desktest.Always(out)
			first := w.Open("c1")
			w.Answer(first)
			w.Wait(time.Minute)
			w.Step()
			w.Plat.Answer = nil
			w.Erasing(first, respond.WhyRequest)
			second := w.Open("c2")
			w.Answer(second)
			w.Wait(23 * time.Hour)
			next := &Sender{Desk: w.Desk, Log: w.sender.Log}
			ended, cancel := context.WithCancel(t.Context())
			cancel()
			w.Must(next.Run(ended, nil))
			next.Step(t.Context())
			w.Stands(second, respond.Approved)
			w.Wait(time.Hour)
			next.Step(t.Context())
			w.Stands(second, respond.Sent)
		})
	}
}

// A lease comes and goes: the sender ends with it and begins with the next.
func TestSenderRunsAgain(t *testing.T) {
	w := newWorld(t)
	for _, item := range []string{"c1", "c2"} {
		id := w.Open(item)
		w.Answer(id)
		w.Wait(time.Minute)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- w.sender.Run(ctx, nil) }()
		for w.Get(id).State() != respond.Sent { // fails by the test's own time limit
			runtime.Gosched()
		}
		cancel()
		w.Must(<-ended)
	}
	if w.Plat.Replies() != 2 {
		t.Fatalf("%d replies", w.Plat.Replies())
	}
}
