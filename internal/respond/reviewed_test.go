package respond

import (
	"context"
	"runtime"
	"testing"
	"time"

	"triage/internal/classify"
	"triage/internal/ingest"
)

// TestReviewed holds what a reviewer once found: ways in which something went
// out that should not have, or stayed behind unseen.
func TestReviewed(t *testing.T) {
	private := func(w *world, id string) {
		w.t.Helper()
		_, err := w.Approve(t.Context(), Decision{Case: id, By: "marta", Reply: safe, Private: safe})
		w.must(err)
		w.wait(time.Minute)
	}
	laterOnce := func(w *world, kind ingest.ActionKind) {
		w.plat.answer = func(a ingest.Action) ingest.Outcome {
			if a.Kind == kind {
				return ingest.Outcome{Result: ingest.Later, After: time.Hour}
			}
			return ingest.Outcome{Result: ingest.Done}
		}
	}
	t.Run("edited while the private message waits: it is taken back", func(t *testing.T) {
		w := newWorld(t)
		id := w.open("c1")
		laterOnce(w, ingest.Private)
		private(w, id)
		w.step()
		w.step()
		w.must(w.Take(t.Context(), []classify.Verdict{clear(w.comment("c1", "I bleed even more now"))}))
		w.plat.answer = nil
		w.wait(2 * time.Hour)
		w.step()
		w.stands(id, Withdrawn)
		if n := len(w.plat.acts); n != 2 || !w.get(id).Open() {
			t.Fatalf("%d attempts, open %v: want the two before the edit, and a person to look", n, w.get(id).Open())
		}
	})
	t.Run("the reply is out: the pending private message can still be undone", func(t *testing.T) {
		w := newWorld(t)
		id := w.open("c1")
		laterOnce(w, ingest.Private)
		private(w, id)
		w.step()
		w.step()
		w.stands(id, Approved)
		_, err := w.Undo(t.Context(), id, "priya")
		w.must(err)
		w.stands(id, Sent)
	})
	t.Run("withdrawn because it was hidden: a person is told", func(t *testing.T) {
		w := newWorld(t)
		id := w.open("c1")
		w.approve(id)
		w.plat.seen["c1"].Hidden = true
		w.wait(time.Minute)
		w.step()
		w.stands(id, Withdrawn)
		if !w.get(id).Open() {
			t.Fatal("the case vanished from what needs somebody")
		}
		_, err := w.Handle(t.Context(), Decision{Case: id, By: "marta"})
		w.must(err)
		w.stands(id, Dismissed)
	})
	t.Run("a take-down that we are not shown is no proof", func(t *testing.T) {
		w := newWorld(t)
		own := w.own("r9", "c1", "We are sorry your surgery went badly.")
		w.must(w.Take(t.Context(), []classify.Verdict{{Comment: own}}))
		_, err := w.Approve(t.Context(), Decision{Case: own.ID, By: "dana", TakeDown: true})
		w.must(err)
		w.wait(time.Minute)
		w.step()
		w.stands(own.ID, Manual)
	})
	t.Run("perhaps sent: it cannot be approved, undone or edited into a second one", func(t *testing.T) {
		w := newWorld(t)
		id := w.open("c1")
		w.plat.answer = answer(ingest.Outcome{Result: ingest.Unclear})
		w.approve(id)
		w.wait(time.Minute)
		w.step()
		w.wait(time.Hour)
		w.step()
		w.stands(id, Manual)
		again := func() {
			t.Helper()
			_, err := w.Approve(t.Context(), Decision{Case: id, By: "marta", Reply: safe})
			if err == nil {
				t.Fatal("a second attempt was approved")
			}
		}
		again()
		w.must(w.Take(t.Context(), []classify.Verdict{clear(w.comment("c1", "I bleed even more now"))}))
		again()
		_, err := w.Handle(t.Context(), Decision{Case: id, By: "marta"})
		w.must(err)
		if w.get(id).CanUndo() {
			t.Fatal("it can be undone")
		}
	})
	t.Run("one case that cannot be worked on holds up no other", func(t *testing.T) {
		w := newWorld(t)
		bad, good := w.open("c1"), w.open("c2")
		w.approve(bad)
		w.wait(time.Second)
		w.approve(good)
		w.cases.refuse = bad
		w.wait(time.Minute)
		for range 5 {
			w.step()
		}
		w.stands(good, Sent)
		if w.plat.calls > 3 {
			t.Fatalf("%d reads of the platform: a case that cannot be stored is tried in a loop", w.plat.calls)
		}
		w.cases.refuse = ""
		w.wait(time.Hour)
		w.step()
		w.stands(bad, Sent)
	})
	t.Run("the platform's own time to stop is kept", func(t *testing.T) {
		w := newWorld(t)
		w.plat.answer = answer(ingest.Outcome{Result: ingest.Refused, StopPosting: true, After: 24 * time.Hour, Code: "368"})
		w.approve(w.open("c1"))
		w.approve(w.open("c2"))
		w.wait(time.Minute)
		w.step()
		w.wait(23 * time.Hour)
		w.step()
		if len(w.plat.acts) != 1 {
			t.Fatalf("%d attempts within the day", len(w.plat.acts))
		}
	})
	t.Run("an urgent comment answered by a thumb: a person still looks", func(t *testing.T) {
		for _, together := range []bool{true, false} {
			w := newWorld(t)
			v := clear(w.comment("c1", said))
			v.Urgent = true
			own := classify.Verdict{Comment: w.own("r1", "c1", "Thank you for your comment.")}
			if together {
				w.must(w.Take(t.Context(), []classify.Verdict{v, own}))
			} else {
				w.must(w.Take(t.Context(), []classify.Verdict{v}))
				w.must(w.Take(t.Context(), []classify.Verdict{own}))
			}
			w.stands(v.Comment.ID, Withdrawn, "answered")
			if !w.get(v.Comment.ID).Open() {
				t.Fatal("nobody looks at it")
			}
		}
	})
	t.Run("our reply was corrected before its take-down: it stays", func(t *testing.T) {
		w := newWorld(t)
		own := w.own("r9", "c1", "We are sorry your surgery went badly.")
		w.plat.seen["r9"] = &ingest.Observation{Text: "We are sorry your surgery went badly."}
		w.must(w.Take(t.Context(), []classify.Verdict{{Comment: own}}))
		_, err := w.Approve(t.Context(), Decision{Case: own.ID, By: "dana", TakeDown: true})
		w.must(err)
		w.plat.seen["r9"].Text = safe
		w.wait(time.Minute)
		w.step()
		w.stands(own.ID, Withdrawn)
		if len(w.plat.acts) > 0 {
			t.Fatal("the corrected reply was deleted")
		}
		corrected := w.own("r9", "c1", safe)
		corrected.Edit = 1
		w.must(w.Take(t.Context(), []classify.Verdict{{Comment: corrected}}))
		if w.get(own.ID).Open() {
			t.Fatal("the case stays open though the reply is safe now")
		}
	})
	t.Run("the account went while an attempt was under way: it may be online", func(t *testing.T) {
		w := newWorld(t)
		id := w.open("c1")
		w.plat.answer = answer(ingest.Outcome{Result: ingest.Unclear})
		w.approve(id)
		w.wait(time.Minute)
		w.step()
		account := w.Accounts["cedar"]
		delete(w.Accounts, "cedar")
		w.wait(time.Hour)
		w.step()
		w.stands(id, Manual)
		w.Accounts["cedar"] = account
		if _, err := w.Approve(t.Context(), Decision{Case: id, By: "marta", Reply: safe}); err == nil {
			t.Fatal("a second attempt was approved")
		}
	})
	t.Run("told to stop while looking: it goes out after the next start", func(t *testing.T) {
		w := newWorld(t)
		id := w.open("c1")
		w.approve(id)
		w.wait(time.Minute)
		ctx, cancel := context.WithCancel(t.Context())
		w.plat.looked = cancel
		w.sender.Step(ctx)
		w.stands(id, Approved)
		w.plat.looked = nil
		w.step()
		w.stands(id, Sent)
	})
	t.Run("a slow account holds up no other", func(t *testing.T) {
		w := newWorld(t)
		slow := &platform{seen: map[string]*ingest.Observation{}}
		w.Accounts["slow"] = Account{Actor: slow, Lang: "en"}
		c := w.comment("s1", said)
		c.Account = "slow"
		w.must(w.Take(t.Context(), []classify.Verdict{clear(c)}))
		w.approve(c.ID)
		quick := w.open("c1")
		w.approve(quick)
		w.wait(time.Minute)
		ctx, cancel := context.WithCancel(t.Context())
		hold := make(chan struct{})
		slow.looked = func() { <-hold }
		ended := make(chan error)
		go func() { ended <- w.sender.Run(ctx, nil) }()
		for w.get(quick).State() != Sent { // fails by the test's own time limit
			runtime.Gosched()
		}
		close(hold)
		cancel()
		w.must(<-ended)
	})
}
