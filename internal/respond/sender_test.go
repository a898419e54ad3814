package respond

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"triage/internal/classify"
	"triage/internal/ingest"
)

func answer(o ingest.Outcome) func(ingest.Action) ingest.Outcome {
	return func(ingest.Action) ingest.Outcome { return o }
}

func TestApprovedReplyGoesOutOnceAfterItsWindow(t *testing.T) {
	w := newWorld(t)
	id := w.open("c1")
	w.approve(id)
	w.wait(59 * time.Second)
	w.step()
	if w.plat.calls != 0 {
		t.Fatal("the platform was asked before the undo window ended")
	}
	w.wait(time.Second)
	for range 3 {
		w.step()
		w.wait(time.Hour)
	}
	w.stands(id, Sent, "sending", "sent")
	if w.replies() != 1 || w.plat.acts[0].Text != safe || w.plat.acts[0].Item != "c1" {
		t.Fatalf("the platform saw %+v", w.plat.acts)
	}
}

func TestWhatHappensAfterAnAnswer(t *testing.T) {
	for name, tt := range map[string]struct {
		out   ingest.Outcome
		store bool
		after time.Duration
		want  State
		acts  int
	}{
		"refused":                         {out: ingest.Outcome{Result: ingest.Refused, Code: "100", Why: "no"}, want: Failed, acts: 1},
		"later":                           {out: ingest.Outcome{Result: ingest.Later, After: time.Hour}, want: Approved, acts: 1},
		"later, and later still":          {out: ingest.Outcome{Result: ingest.Later, After: time.Hour}, after: time.Hour, want: Approved, acts: 2},
		"unclear, before the time to ask": {out: ingest.Outcome{Result: ingest.Unclear}, store: true, after: 2 * time.Minute, want: Sending, acts: 1},
		"unclear, and it happened":        {out: ingest.Outcome{Result: ingest.Unclear}, store: true, after: 3 * time.Minute, want: Sent, acts: 1},
		"unclear, and it did not happen":  {out: ingest.Outcome{Result: ingest.Unclear}, after: 3 * time.Minute, want: Manual, acts: 1},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.plat.answer, w.plat.store = answer(tt.out), tt.store
			id := w.open("c1")
			w.approve(id)
			w.wait(time.Minute)
			w.step()
			w.wait(tt.after)
			w.step()
			w.stands(id, tt.want)
			if len(w.plat.acts) != tt.acts {
				t.Fatalf("%d attempts, want %d", len(w.plat.acts), tt.acts)
			}
		})
	}
}

// What is tried again by itself is not for ever, and then says so.
func TestLaterEndsWithAPerson(t *testing.T) {
	w := newWorld(t)
	w.plat.answer = answer(ingest.Outcome{Result: ingest.Later, After: time.Minute, Why: "nothing to do, it is tried again by itself"})
	id := w.open("c1")
	w.approve(id)
	for range looksMost + 2 {
		w.wait(time.Minute)
		w.step()
	}
	w.stands(id, Failed)
	if a := w.get(id).Actions[0]; strings.Contains(a.Why, "by itself") || !strings.Contains(a.Why, "by hand") || len(w.plat.acts) != looksMost {
		t.Fatalf("after %d attempts: %s", len(w.plat.acts), a.Why)
	}
}

func TestNothingStaleGoesOut(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(w *world)
		want   State
	}{
		"edited":           {func(w *world) { w.plat.seen["c1"].Text = "never mind" }, Withdrawn},
		"gone":             {func(w *world) { delete(w.plat.seen, "c1") }, Withdrawn},
		"hidden":           {func(w *world) { w.plat.seen["c1"].Hidden = true }, Withdrawn},
		"answered by hand": {func(w *world) { w.plat.seen["c1"].Own = []ingest.OwnReply{{Item: "x", Text: "Call us."}} }, Withdrawn},
		"erased":           {func(w *world) { clearMap(w.texts.m) }, Withdrawn},
		"undone": {func(w *world) {
			_, err := w.Undo(w.t.Context(), w.Names.ID("facebook", "cedar", "c1"), "priya")
			w.must(err)
		}, Waiting},
		"not readable": {func(w *world) { w.plat.deaf = true }, Approved},
		"account gone": {func(w *world) { delete(w.Accounts, "cedar") }, Manual},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			id := w.open("c1")
			w.approve(id)
			tt.change(w)
			w.wait(time.Minute)
			w.step()
			w.stands(id, tt.want)
			if len(w.plat.acts) != 0 {
				t.Fatalf("something went out: %+v", w.plat.acts)
			}
		})
	}
}

func clearMap[K comparable, V any](m map[K]V) {
	for k := range m {
		delete(m, k)
	}
}

func TestDeafPlatformEndsWithAPerson(t *testing.T) {
	w := newWorld(t)
	id := w.open("c1")
	w.approve(id)
	w.plat.deaf = true
	for range looksMost + 2 {
		w.wait(time.Hour)
		w.step()
	}
	w.stands(id, Manual)
}

// A process that dies after any step finds, when it starts again, what it did.
func TestCrashAtEveryStep(t *testing.T) {
	for name, tt := range map[string]struct {
		applied bool // the platform had taken it when the process died
		want    State
	}{
		"before the call arrived":    {false, Manual},
		"after the platform took it": {true, Sent},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			id := w.open("c1")
			w.approve(id)
			w.wait(time.Minute)
			crash := fmt.Errorf("killed")
			w.plat.answer = func(a ingest.Action) ingest.Outcome {
				if tt.applied {
					w.plat.seen["c1"].Own = append(w.plat.seen["c1"].Own, ingest.OwnReply{Item: "r1", Text: a.Text})
				}
				panic(crash)
			}
			func() {
				defer func() { _ = recover() }()
				w.plat.mu = sync.Mutex{}
				work := context.Background()
				_ = w.sender.act(work, "cedar", id)
			}()
			w.plat.mu = sync.Mutex{}
			w.stands(id, Sending)
			w.plat.answer = nil
			restarted := &Sender{Desk: w.Desk, Log: w.sender.Log}
			restarted.Step(t.Context())
			w.stands(id, Sending) // too early to ask
			w.wait(3 * time.Minute)
			restarted.Step(t.Context())
			w.stands(id, tt.want)
			if len(w.plat.acts) != 1 {
				t.Fatalf("%d attempts, want 1", len(w.plat.acts))
			}
		})
	}
}

func TestTwoSendersOneReply(t *testing.T) {
	w := newWorld(t)
	for i := range 20 {
		w.approve(w.open(fmt.Sprint("c", i)))
	}
	w.wait(time.Minute)
	other := &Sender{Desk: w.Desk, Log: w.sender.Log}
	done := make(chan struct{})
	go func() { defer close(done); other.Step(t.Context()) }()
	w.step()
	<-done
	if w.replies() != 20 {
		t.Fatalf("%d replies to 20 comments", w.replies())
	}
}

func TestReplyGoesBeforeHide(t *testing.T) {
	approve := func(w *world, id string) {
		_, err := w.Approve(t.Context(), Decision{Case: id, By: "marta", Reply: safe, Private: safe, Hide: "identifier"})
		w.must(err)
		w.wait(time.Minute)
	}
	w := newWorld(t)
	id := w.open("c1")
	approve(w, id)
	for range 4 {
		w.step()
	}
	w.stands(id, Sent)
	var order []ingest.ActionKind
	for _, a := range w.plat.acts {
		order = append(order, a.Kind)
	}
	if fmt.Sprint(order) != "[reply private hide]" {
		t.Fatalf("the order was %v", order)
	}

	w = newWorld(t)
	id = w.open("c1")
	w.plat.answer = func(a ingest.Action) ingest.Outcome {
		if a.Kind == ingest.Reply {
			return ingest.Outcome{Result: ingest.Refused}
		}
		return ingest.Outcome{Result: ingest.Done}
	}
	approve(w, id)
	for range 4 {
		w.step()
	}
	for _, a := range w.get(id).Actions {
		if want := map[ingest.ActionKind]State{ingest.Reply: Failed, ingest.Private: Sent, ingest.Hide: Manual}[a.Kind]; a.State != want {
			t.Errorf("%s is %s, want %s", a.Kind, a.State, want)
		}
	}
}

func TestDailyCap(t *testing.T) {
	w := newWorld(t)
	w.rules.DailyCap = 3
	for i := range 5 {
		w.approve(w.open(fmt.Sprint("c", i)))
	}
	w.wait(time.Minute)
	w.step()
	if w.replies() != 3 {
		t.Fatalf("%d replies, the limit is 3", w.replies())
	}
	w.wait(23 * time.Hour)
	w.step()
	if w.replies() != 3 {
		t.Fatalf("%d replies within a day, the limit is 3", w.replies())
	}
	w.wait(time.Hour)
	w.step()
	if w.replies() != 5 {
		t.Fatalf("%d replies after a day, want all 5", w.replies())
	}
}

func TestAccountThatMustStopIsLeftAlone(t *testing.T) {
	w := newWorld(t)
	w.plat.answer = answer(ingest.Outcome{Result: ingest.Later, StopPosting: true, Code: "368"})
	for i := range 5 {
		w.approve(w.open(fmt.Sprint("c", i)))
	}
	w.wait(time.Minute)
	w.step()
	if len(w.plat.acts) != 1 {
		t.Fatalf("%d attempts after the platform said stop, want 1", len(w.plat.acts))
	}
}

func TestShadowModeSendsNothing(t *testing.T) {
	w := newWorld(t)
	w.rules.Shadow = true
	id := w.open("c1")
	w.approve(id)
	w.wait(time.Hour)
	w.step()
	w.stands(id, Recorded, "approved")
	if w.plat.calls+len(w.plat.acts) != 0 {
		t.Fatal("the platform was called")
	}
}

func TestTakeDown(t *testing.T) {
	w := newWorld(t)
	own := w.own("r9", "c1", "We are sorry your surgery went badly, Karen. Your insurance was billed.")
	w.plat.seen["r9"] = &ingest.Observation{Text: "We are sorry your surgery went badly, Karen. Your insurance was billed."}
	w.must(w.Take(t.Context(), []classify.Verdict{{Comment: own}}))
	w.stands(own.ID, Waiting, "take-down")
	_, err := w.Approve(t.Context(), Decision{Case: own.ID, By: "dana", TakeDown: true})
	w.must(err)
	w.wait(time.Minute)
	w.step()
	w.stands(own.ID, Sent)
	if _, still := w.plat.seen["r9"]; still {
		t.Fatal("the reply is still online")
	}
}
