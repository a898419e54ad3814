package send

import (
	"context"
	"runtime"
	"testing"
	"time"

	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/respond"
	"triage/internal/respond/desktest"
)

// TestReviewed holds what a reviewer once found: ways in which something went
// out that should not have, or stayed behind unseen.
func TestReviewed(t *testing.T) {
	private := func(w *world, id string) {
		w.T.Helper()
		_, err := w.Approve(t.Context(), respond.Decision{Case: id, By: "marta", Reply: desktest.Safe, Private: desktest.Safe})
		w.Must(err)
		w.Wait(time.Minute)
	}
	laterOnce := func(w *world, kind ingest.ActionKind) {
		w.Plat.Answer = func(a ingest.Action) ingest.Outcome {
			if a.Kind == kind {
				return ingest.Outcome{Result: ingest.Later, After: time.Hour}
			}
			return ingest.Outcome{Result: ingest.Done}
		}
	}
	t.Run("edited while the private message waits: it is taken back", func(t *testing.T) {
		w := newWorld(t)
		id := w.Open("c1")
		laterOnce(w, ingest.Private)
		private(w, id)
		w.Step()
		w.Step()
		w.Must(w.Take(t.Context(), []classify.Verdict{desktest.Clear(w.Comment("c1", "I bleed even more now"))}))
		w.Plat.Answer = nil
		w.Wait(2 * time.Hour)
		w.Step()
		w.Stands(id, respond.Withdrawn)
		if n := len(w.Plat.Acts); n != 2 || !w.Get(id).Open() {
			t.Fatalf("%d attempts, open %v: want the two before the edit, and a person to look", n, w.Get(id).Open())
		}
	})
	t.Run("the reply is out: the pending private message can still be undone", func(t *testing.T) {
		w := newWorld(t)
		id := w.Open("c1")
		laterOnce(w, ingest.Private)
		private(w, id)
		w.Step()
		w.Step()
		w.Stands(id, respond.Approved)
		_, err := w.Undo(t.Context(), id, "priya")
		w.Must(err)
		w.Stands(id, respond.Sent)
	})
	t.Run("withdrawn because it was hidden: a person is told", func(t *testing.T) {
		w := newWorld(t)
		id := w.Open("c1")
		w.Answer(id)
		w.Plat.Seen["c1"].Hidden = true
		w.Wait(time.Minute)
		w.Step()
		w.Stands(id, respond.Withdrawn)
		if !w.Get(id).Open() {
			t.Fatal("the case vanished from what needs somebody")
		}
		_, err := w.Handle(t.Context(), respond.Decision{Case: id, By: "marta"})
		w.Must(err)
		w.Stands(id, respond.Dismissed)
	})
	t.Run("a take-down that we are not shown is no proof", func(t *testing.T) {
		w := newWorld(t)
		own := w.Own("r9", "c1", "We are sorry your surgery went badly.")
		w.Must(w.Take(t.Context(), []classify.Verdict{{Comment: own}}))
		_, err := w.Approve(t.Context(), respond.Decision{Case: own.ID, By: "dana", TakeDown: true})
		w.Must(err)
		w.Wait(time.Minute)
		w.Step()
		w.Stands(own.ID, respond.Manual)
	})
	t.Run("perhaps sent: it cannot be approved, undone or edited into a second one", func(t *testing.T) {
		w := newWorld(t)
		id := w.Open("c1")
		w.Plat.Answer = desktest.Always(ingest.Outcome{Result: ingest.Unclear})
		w.Answer(id)
		w.Wait(time.Minute)
		w.Step()
		w.Wait(time.Hour)
		w.Step()
		w.Stands(id, respond.Manual)
		again := func() {
			t.Helper()
			_, err := w.Approve(t.Context(), respond.Decision{Case: id, By: "marta", Reply: desktest.Safe})
			if err == nil {
				t.Fatal("a second attempt was approved")
			}
		}
		again()
		w.Must(w.Take(t.Context(), []classify.Verdict{desktest.Clear(w.Comment("c1", "I bleed even more now"))}))
		again()
		_, err := w.Handle(t.Context(), respond.Decision{Case: id, By: "marta"})
		w.Must(err)
		if w.Get(id).CanUndo() {
			t.Fatal("it can be undone")
		}
	})
	t.Run("one case that cannot be worked on holds up no other", func(t *testing.T) {
		w := newWorld(t)
		bad, good := w.Open("c1"), w.Open("c2")
		w.Answer(bad)
		w.Wait(time.Second)
		w.Answer(good)
		w.Stored.Refuse = bad
		w.Wait(time.Minute)
		for range 5 {
			w.Step()
		}
		w.Stands(good, respond.Sent)
		if w.Plat.Calls > 3 {
			t.Fatalf("%d reads of the platform: a case that cannot be stored is tried in a loop", w.Plat.Calls)
		}
		w.Stored.Refuse = ""
		w.Wait(time.Hour)
		w.Step()
		w.Stands(bad, respond.Sent)
	})
	t.Run("the platform's own time to stop is kept", func(t *testing.T) {
		w := newWorld(t)
		w.Plat.Answer = desktest.Always(ingest.Outcome{Result: ingest.Refused, StopPosting: true, After: 24 * time.Hour, Code: "368"})
		w.Answer(w.Open("c1"))
		w.Answer(w.Open("c2"))
		w.Wait(time.Minute)
		w.Step()
		w.Wait(23 * time.Hour)
		w.Step()
		if len(w.Plat.Acts) != 1 {
			t.Fatalf("%d attempts within the day", len(w.Plat.Acts))
		}
	})
	t.Run("an urgent comment answered by a thumb: a person still looks", func(t *testing.T) {
		for _, together := range []bool{true, false} {
			w := newWorld(t)
			v := desktest.Clear(w.Comment("c1", desktest.Said))
			v.Urgent = true
			own := classify.Verdict{Comment: w.Own("r1", "c1", "Thank you for your comment.")}
			if together {
				w.Must(w.Take(t.Context(), []classify.Verdict{v, own}))
			} else {
				w.Must(w.Take(t.Context(), []classify.Verdict{v}))
				w.Must(w.Take(t.Context(), []classify.Verdict{own}))
			}
			w.Stands(v.Comment.ID, respond.Withdrawn, "answered")
			if !w.Get(v.Comment.ID).Open() {
				t.Fatal("nobody looks at it")
			}
		}
	})
	t.Run("our reply was corrected before its take-down: it stays", func(t *testing.T) {
		w := newWorld(t)
		own := w.Own("r9", "c1", "We are sorry your surgery went badly.")
		w.Plat.Seen["r9"] = &ingest.Observation{Text: "We are sorry your surgery went badly."}
		w.Must(w.Take(t.Context(), []classify.Verdict{{Comment: own}}))
		_, err := w.Approve(t.Context(), respond.Decision{Case: own.ID, By: "dana", TakeDown: true})
		w.Must(err)
		w.Plat.Seen["r9"].Text = desktest.Safe
		w.Wait(time.Minute)
		w.Step()
		w.Stands(own.ID, respond.Withdrawn)
		if len(w.Plat.Acts) > 0 {
			t.Fatal("the corrected reply was deleted")
		}
		corrected := w.Own("r9", "c1", desktest.Safe)
		corrected.Edit = 1
		w.Must(w.Take(t.Context(), []classify.Verdict{{Comment: corrected}}))
		if w.Get(own.ID).Open() {
			t.Fatal("the case stays open though the reply is desktest.Safe now")
		}
	})
	t.Run("the account went while an attempt was under way: it may be online", func(t *testing.T) {
		w := newWorld(t)
		id := w.Open("c1")
		w.Plat.Answer = desktest.Always(ingest.Outcome{Result: ingest.Unclear})
		w.Answer(id)
		w.Wait(time.Minute)
		w.Step()
		account := w.Accounts["cedar"]
		delete(w.Accounts, "cedar")
		w.Wait(time.Hour)
		w.Step()
		w.Stands(id, respond.Manual)
		w.Accounts["cedar"] = account
		if _, err := w.Approve(t.Context(), respond.Decision{Case: id, By: "marta", Reply: desktest.Safe}); err == nil {
			t.Fatal("a second attempt was approved")
		}
	})
	t.Run("told to stop while looking: it goes out after the next start", func(t *testing.T) {
		w := newWorld(t)
		id := w.Open("c1")
		w.Answer(id)
		w.Wait(time.Minute)
		ctx, cancel := context.WithCancel(t.Context())
		w.Plat.Looked = cancel
		w.sender.Step(ctx)
		w.Stands(id, respond.Approved)
		w.Plat.Looked = nil
		w.Step()
		w.Stands(id, respond.Sent)
	})
	t.Run("a slow account holds up no other", func(t *testing.T) {
		w := newWorld(t)
		slow := desktest.NewPlatform()
		w.Accounts["slow"] = respond.Account{Actor: slow, Lang: "en"}
		c := w.Comment("s1", desktest.Said)
		c.Account = "slow"
		w.Must(w.Take(t.Context(), []classify.Verdict{desktest.Clear(c)}))
		w.Answer(c.ID)
		quick := w.Open("c1")
		w.Answer(quick)
		w.Wait(time.Minute)
		ctx, cancel := context.WithCancel(t.Context())
		hold := make(chan struct{})
		slow.Looked = func() { <-hold }
		ended := make(chan error)
		go func() { ended <- w.sender.Run(ctx, nil) }()
		for w.Get(quick).State() != respond.Sent { // fails by the test's own time limit
			runtime.Gosched()
		}
		close(hold)
		cancel()
		w.Must(<-ended)
	})
}
