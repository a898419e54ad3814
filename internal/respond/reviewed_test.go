package respond

import (
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
	t.Run("approved, then switched to shadow mode: nothing goes out", func(t *testing.T) {
		w := newWorld(t)
		id := w.open("c1")
		w.approve(id)
		w.Shadow = true
		w.wait(time.Hour)
		w.step()
		w.stands(id, Recorded)
		if len(w.plat.acts) > 0 {
			t.Fatal("it was sent in shadow mode")
		}
	})
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
}
