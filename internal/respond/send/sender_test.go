package send

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/respond"
	"triage/internal/respond/desktest"
)

func TestApprovedReplyGoesOutOnceAfterItsWindow(t *testing.T) {
	w := newWorld(t)
	id := w.Open("c1")
	w.Answer(id)
	w.Wait(59 * time.Second)
	w.Step()
	if w.Plat.Calls != 0 {
		t.Fatal("the platform was asked before the undo window ended")
	}
	w.Wait(time.Second)
	for range 3 {
		w.Step()
		w.Wait(time.Hour)
	}
	w.Stands(id, respond.Sent, "sending", "sent")
	if w.Plat.Replies() != 1 || w.Plat.Acts[0].Text != desktest.Safe || w.Plat.Acts[0].Item != "c1" {
		t.Fatalf("the platform saw %+v", w.Plat.Acts)
	}
}

// What is tried again by itself is not for ever, and then says so.
func TestLaterEndsWithAPerson(t *testing.T) {
	w := newWorld(t)
	w.Plat.Answer = desktest.Always(ingest.Outcome{Result: ingest.Later, After: time.Minute, Why: "nothing to do, it is tried again by itself"})
	id := w.Open("c1")
	w.Answer(id)
	for range looksMost + 2 {
		w.Wait(time.Minute)
		w.Step()
	}
	w.Stands(id, respond.Failed)
	if a := w.Get(id).Actions[0]; strings.Contains(a.Why, "by itself") || !strings.Contains(a.Why, "by hand") || len(w.Plat.Acts) != looksMost {
		t.Fatalf("after %d attempts: %s", len(w.Plat.Acts), a.Why)
	}
}

func TestNothingStaleGoesOut(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(w *world)
		want   respond.State
	}{
		"edited":           {func(w *world) { w.Plat.Seen["c1"].Text = "never mind" }, respond.Withdrawn},
		"gone":             {func(w *world) { delete(w.Plat.Seen, "c1") }, respond.Withdrawn},
		"hidden":           {func(w *world) { w.Plat.Seen["c1"].Hidden = true }, respond.Withdrawn},
		"answered by hand": {func(w *world) { w.Plat.Seen["c1"].Own = []ingest.OwnReply{{Item: "x", Text: "Call us."}} }, respond.Withdrawn},
		"erased":           {func(w *world) { w.Words.EraseAll() }, respond.Withdrawn},
		"undone": {func(w *world) {
			_, err := w.Undo(w.T.Context(), w.Names.ID("facebook", "cedar", "c1"), "priya")
			w.Must(err)
		}, respond.Waiting},
		"not readable": {func(w *world) { w.Plat.Deaf = true }, respond.Approved},
		"account gone": {func(w *world) { delete(w.Accounts, "cedar") }, respond.Manual},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			id := w.Open("c1")
			w.Answer(id)
			tt.change(w)
			w.Wait(time.Minute)
			w.Step()
			w.Stands(id, tt.want)
			if len(w.Plat.Acts) != 0 {
				t.Fatalf("something went out: %+v", w.Plat.Acts)
			}
		})
	}
}

func TestDeafPlatformEndsWithAPerson(t *testing.T) {
	w := newWorld(t)
	id := w.Open("c1")
	w.Answer(id)
	w.Plat.Deaf = true
	for range looksMost + 2 {
		w.Wait(time.Hour)
		w.Step()
	}
	w.Stands(id, respond.Manual)
}

// A process that dies after any step finds, when it starts again, what it did.
func TestCrashAtEveryStep(t *testing.T) {
	for name, tt := range map[string]struct {
		applied bool // the platform had taken it when the process died
		want    respond.State
	}{
		"before the call arrived":    {false, respond.Manual},
		"after the platform took it": {true, respond.Sent},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			id := w.Open("c1")
			w.Answer(id)
			w.Wait(time.Minute)
			crash := fmt.Errorf("killed")
			w.Plat.Answer = func(a ingest.Action) ingest.Outcome {
				if tt.applied {
					w.Plat.Seen["c1"].Own = append(w.Plat.Seen["c1"].Own, ingest.OwnReply{Item: "r1", Text: a.Text})
				}
				panic(crash)
			}
			func() {
				defer func() { _ = recover() }()
				_ = w.sender.act(context.Background(), "cedar", id)
			}()
			w.Stands(id, respond.Sending)
			w.Plat.Answer = nil
			restarted := &Sender{Desk: w.Desk, Log: w.sender.Log}
			restarted.Step(t.Context())
			w.Stands(id, respond.Sending) // too early to ask
			w.Wait(3 * time.Minute)
			restarted.Step(t.Context())
			w.Stands(id, tt.want)
			if len(w.Plat.Acts) != 1 {
				t.Fatalf("%d attempts, want 1", len(w.Plat.Acts))
			}
		})
	}
}

func TestTwoSendersOneReply(t *testing.T) {
	w := newWorld(t)
	for i := range 20 {
		w.Answer(w.Open(fmt.Sprint("c", i)))
	}
	w.Wait(time.Minute)
	other := &Sender{Desk: w.Desk, Log: w.sender.Log}
	done := make(chan struct{})
	go func() { defer close(done); other.Step(t.Context()) }()
	w.Step()
	<-done
	if w.Plat.Replies() != 20 {
		t.Fatalf("%d replies to 20 comments", w.Plat.Replies())
	}
}

func TestReplyGoesBeforeHide(t *testing.T) {
	approve := func(w *world, id string) {
		_, err := w.Approve(t.Context(), respond.Decision{Case: id, By: "marta", Reply: desktest.Safe, Private: desktest.Safe, Hide: "identifier"})
		w.Must(err)
		w.Wait(time.Minute)
	}
	w := newWorld(t)
	id := w.Open("c1")
	approve(w, id)
	for range 4 {
		w.Step()
	}
	w.Stands(id, respond.Sent)
	var order []ingest.ActionKind
	for _, a := range w.Plat.Acts {
		order = append(order, a.Kind)
	}
	if fmt.Sprint(order) != "[reply private hide]" {
		t.Fatalf("the order was %v", order)
	}

	w = newWorld(t)
	id = w.Open("c1")
	w.Plat.Answer = func(a ingest.Action) ingest.Outcome {
		if a.Kind == ingest.Reply {
			return ingest.Outcome{Result: ingest.Refused}
		}
		return ingest.Outcome{Result: ingest.Done}
	}
	approve(w, id)
	for range 4 {
		w.Step()
	}
	for _, a := range w.Get(id).Actions {
		if want := map[ingest.ActionKind]respond.State{ingest.Reply: respond.Failed, ingest.Private: respond.Sent, ingest.Hide: respond.Manual}[a.Kind]; a.State != want {
			t.Errorf("%s is %s, want %s", a.Kind, a.State, want)
		}
	}
}

func TestDailyCap(t *testing.T) {
	w := newWorld(t)
	w.Live.DailyCap = 3
	for i := range 5 {
		w.Answer(w.Open(fmt.Sprint("c", i)))
	}
	w.Wait(time.Minute)
	w.Step()
	if w.Plat.Replies() != 3 {
		t.Fatalf("%d replies, the limit is 3", w.Plat.Replies())
	}
	w.Wait(23 * time.Hour)
	w.Step()
	if w.Plat.Replies() != 3 {
		t.Fatalf("%d replies within a day, the limit is 3", w.Plat.Replies())
	}
	w.Wait(time.Hour)
	w.Step()
	if w.Plat.Replies() != 5 {
		t.Fatalf("%d replies after a day, want all 5", w.Plat.Replies())
	}
}

func TestAccountThatMustStopIsLeftAlone(t *testing.T) {
	w := newWorld(t)
	w.Plat.Answer = desktest.Always(ingest.Outcome{Result: ingest.Later, StopPosting: true, Code: "368"})
	for i := range 5 {
		w.Answer(w.Open(fmt.Sprint("c", i)))
	}
	w.Wait(time.Minute)
	w.Step()
	if len(w.Plat.Acts) != 1 {
		t.Fatalf("%d attempts after the platform desktest.Said stop, want 1", len(w.Plat.Acts))
	}
}

func TestShadowModeSendsNothing(t *testing.T) {
	w := newWorld(t)
	w.Live.Shadow = true
	id := w.Open("c1")
	w.Answer(id)
	w.Wait(time.Hour)
	w.Step()
	w.Stands(id, respond.Recorded, "approved")
	if w.Plat.Calls+len(w.Plat.Acts) != 0 {
		t.Fatal("the platform was called")
	}
}

func TestTakeDown(t *testing.T) {
	w := newWorld(t)
	own := w.Own("r9", "c1", "We are sorry your surgery went badly, Karen. Your insurance was billed.")
	w.Plat.Seen["r9"] = &ingest.Observation{Text: "We are sorry your surgery went badly, Karen. Your insurance was billed."}
	w.Must(w.Take(t.Context(), []classify.Verdict{{Comment: own}}))
	w.Stands(own.ID, respond.Waiting, "take-down")
	_, err := w.Approve(t.Context(), respond.Decision{Case: own.ID, By: "dana", TakeDown: true})
	w.Must(err)
	w.Wait(time.Minute)
	w.Step()
	w.Stands(own.ID, respond.Sent)
	if _, still := w.Plat.Seen["r9"]; still {
		t.Fatal("the reply is still online")
	}
}
