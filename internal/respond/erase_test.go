package respond

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"triage/internal/classify"
	"triage/internal/ingest"
)

// erase does what the store does: tombstone, case, then texts.
func (w *world) erase(id, why string) {
	w.t.Helper()
	w.gone[id] = why != WhyRetention
	w.must(w.Erase(w.t.Context(), Erasure{Comment: id, By: "otto", Why: why}))
	clearMap(w.texts.m)
}

// full is a case that knows all that a case can know of a comment.
func (w *world) full(item string) string {
	w.t.Helper()
	c := w.comment(item, said)
	c.Thread, c.Parent = "threadcanary", "parentcanary"
	v := clear(c)
	v.Kinds = []classify.Kind{"kindcanary"}
	v.Subject, v.Identifier, v.Score, v.Lang = "subjectcanary", true, 0.4711, "es"
	v.Reasons = []classify.Reason{{Start: 10, End: 20, Kind: "kindcanary", Why: "whycanary"}}
	w.must(w.Take(w.t.Context(), []classify.Verdict{v}))
	return c.ID
}

func TestErasedCaseKeepsTheFactOnly(t *testing.T) {
	for _, why := range []string{WhyAuthor, WhyRequest} {
		w := newWorld(t)
		id := w.full("c1")
		before := w.get(id)
		w.approve(id)
		w.wait(time.Minute)
		w.step()
		w.erase(id, why)
		w.stands(id, Sent, "approved", "sending", "sent", "erased "+why)
		c := w.get(id)
		raw, _ := json.Marshal(c)
		for _, told := range []string{"canary", "0.4711", before.Comment.Version, before.Comment.Created.Format("2006-01-02T15:04:05"), `"identifier":true`, `"level":"clear"`} {
			// The approval's time is of the case, not of the comment.
			if s := strings.ReplaceAll(string(raw), w.clock.Add(-time.Minute).Format("2006-01-02T15:04:05"), ""); strings.Contains(s, told) {
				t.Errorf("%s: %q is still there: %s", why, told, raw)
			}
		}
		if c.Lane != LaneIdentifier || c.Comment.Platform != "facebook" || c.Comment.Account != "cedar" || c.Suggestion.Template == "" || c.Suggestion.Variant == 0 {
			t.Errorf("%s: the fact is gone: %s", why, raw)
		}
		steps := c.Step()
		w.erase(id, WhyRequest)
		w.erase(id, WhyRetention)
		if w.get(id).Step() != steps {
			t.Errorf("%s: erased a second time", why)
		}
	}
	w := newWorld(t)
	w.erase("nocase", WhyAuthor) // harmless
	if err := w.Erase(t.Context(), Erasure{Comment: w.open("c1"), By: "otto", Why: "fun"}); err == nil {
		t.Error("an unknown reason is taken")
	}
}

func TestWhatErasureMakesOfACase(t *testing.T) {
	unclear := func(w *world, id string) {
		w.plat.answer = answer(ingest.Outcome{Result: ingest.Unclear})
		w.approve(id)
		w.wait(time.Minute)
		w.step()
	}
	for name, tt := range map[string]struct {
		before func(w *world, id string)
		want   State
		open   bool
		why    string
		acts   int
	}{
		"nobody decided yet": {func(*world, string) {}, Withdrawn, false, "its author deleted it", 0},
		"approved":           {func(w *world, id string) { w.approve(id) }, Withdrawn, false, "its author deleted it", 0},
		"to be done by hand": {func(w *world, id string) { delete(w.Accounts, "cedar"); w.approve(id) }, Withdrawn, false, "its author deleted it", 0},
		"under way":          {unclear, Manual, true, unsure, 1},
		"perhaps out": {func(w *world, id string) { unclear(w, id); w.wait(time.Hour); w.step() }, Manual, true,
			"it is not known whether this went out: please look on the platform, answer there if it did not, then mark it as handled", 1},
		"dismissed": {func(w *world, id string) {
			_, err := w.Dismiss(t.Context(), Decision{Case: id, By: "marta"})
			w.must(err)
		}, Dismissed, false, "", 0},
		"refused by the platform": {func(w *world, id string) {
			w.plat.answer = answer(ingest.Outcome{Result: ingest.Refused})
			w.approve(id)
			w.wait(time.Minute)
			w.step()
		}, Withdrawn, false, "its author deleted it", 1},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			id := w.full("c1")
			tt.before(w, id)
			w.erase(id, WhyAuthor)
			w.wait(24 * time.Hour)
			w.step()
			w.stands(id, tt.want)
			c := w.get(id)
			if c.Open() != tt.open || c.Actions[0].Why != tt.why || len(w.plat.acts) != tt.acts {
				t.Errorf("open %v, because %q, %d attempts", c.Open(), c.Actions[0].Why, len(w.plat.acts))
			}
			if c.CanUndo() {
				t.Error("it can be undone")
			}
			if _, err := w.Approve(t.Context(), Decision{Case: id, By: "marta", Reply: safe}); err == nil {
				t.Error("a reply to it can be approved")
			}
			if _, err := w.Handle(t.Context(), Decision{Case: id, By: "marta"}); (err == nil) != tt.open {
				t.Errorf("handled: %v", err)
			}
		})
	}
}

func TestAnswerThatComesAfterTheErasureIsStored(t *testing.T) {
	w := newWorld(t)
	id := w.full("c1")
	w.approve(id)
	w.wait(time.Minute)
	w.plat.answer = func(ingest.Action) ingest.Outcome {
		w.erase(id, WhyRequest)
		return ingest.Outcome{Result: ingest.Done}
	}
	w.step()
	w.stands(id, Sent, "manual", "erased", "sent")
	if c := w.get(id); c.Open() || c.Actions[0].Unclear {
		t.Fatalf("%+v", c.Actions)
	}
}

func TestRetentionLeavesASettledCaseAsItIs(t *testing.T) {
	w := newWorld(t)
	id := w.full("c1")
	if err := w.Erase(t.Context(), Erasure{Comment: id, By: Machine, Why: WhyRetention}); err == nil {
		t.Fatal("the words of an open case were given away")
	}
	w.approve(id)
	w.wait(time.Minute)
	w.step()
	before := w.get(id)
	w.erase(id, WhyRetention)
	w.erase(id, WhyRetention)
	after := w.get(id)
	if len(after.Judgement.Reasons) > 0 || after.Comment != before.Comment || after.Judgement.Score != before.Judgement.Score || after.Step() != before.Step()+1 {
		t.Fatalf("%+v", after)
	}
	v := clear(w.comment("c1", "I bleed even more now"))
	w.must(w.Take(t.Context(), []classify.Verdict{v})) // new words, which are kept
	if said, err := w.Said(t.Context(), w.get(id)); err != nil || said.Text == "" {
		t.Fatalf("the words of the new version: %v", err)
	}
	w.erase(id, WhyAuthor) // deleted later: then no more than the fact stays
	if c := w.get(id); c.Comment.Version != "" || c.Judgement.Score != 0 || c.Erased != WhyAuthor {
		t.Fatalf("%+v", c)
	}
}

func TestNothingIsDoneAboutAnErasedComment(t *testing.T) {
	t.Run("no case is opened", func(t *testing.T) {
		w := newWorld(t)
		c, own := w.comment("c1", said), w.own("r1", "c2", "So sorry about your surgery!")
		w.gone[c.ID], w.gone[own.ID] = true, true
		w.must(w.Take(t.Context(), []classify.Verdict{clear(c), {Comment: own}}))
		w.must(w.TakeDead(t.Context(), c.ID, &c))
		if n := w.cases.count(); n != 0 {
			t.Fatalf("%d cases", n)
		}
	})
	t.Run("erased while its case is opened: the case is scrubbed", func(t *testing.T) {
		w := newWorld(t)
		c, looks := w.comment("c1", said), 0
		w.Desk.Erased = func(string) bool { looks++; return looks > 1 }
		w.must(w.Take(t.Context(), []classify.Verdict{clear(c)}))
		w.stands(c.ID, Withdrawn, "erased")
	})
	t.Run("a verdict on a newer version comes late: it stays erased", func(t *testing.T) {
		w := newWorld(t)
		id := w.full("c1")
		w.erase(id, WhyRequest)
		clearMap(w.gone)
		w.must(w.Take(t.Context(), []classify.Verdict{clear(w.comment("c1", "I bleed even more now"))}))
		w.stands(id, Withdrawn)
	})
	t.Run("erased while the sender looks: nothing goes out", func(t *testing.T) {
		w := newWorld(t)
		id := w.open("c1")
		w.approve(id)
		w.wait(time.Minute)
		w.plat.looked = func() { w.gone[id] = true }
		w.step()
		w.stands(id, Withdrawn)
		if len(w.plat.acts) > 0 {
			t.Fatalf("%+v", w.plat.acts)
		}
	})
}

func TestDeadLettersBecomeCases(t *testing.T) {
	w := newWorld(t)
	c := w.comment("c1", said)
	for range 2 {
		w.must(w.TakeDead(t.Context(), c.ID, &c))
		w.must(w.TakeDead(t.Context(), "unreadable", nil))
	}
	for _, id := range []string{c.ID, "unreadable"} {
		w.stands(id, Waiting, "opened")
		if k := w.get(id); k.Lane != LaneLook || k.Judgement.Judged || k.Judgement.WhyNot != NotHandled || len(k.History) != 1 {
			t.Fatalf("%+v", k)
		}
	}
	id := w.open("c2")
	w.approve(id)
	w.must(w.TakeDead(t.Context(), id, nil))
	w.stands(id, Approved) // what is known stays
	edited := w.comment("c2", "I bleed even more now")
	w.must(w.TakeDead(t.Context(), id, &edited))
	w.stands(id, Waiting, "withdrawn", "edited")
	if _, err := w.Reveal(t.Context(), "unreadable", "marta"); err != ErrGone {
		t.Fatalf("got %v, want ErrGone", err)
	}
	_, err := w.Dismiss(t.Context(), Decision{Case: "unreadable", By: "marta"})
	w.must(err)
}
