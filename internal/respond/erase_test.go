package respond_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/respond"
	"triage/internal/respond/desktest"
)

// full is a case that knows all that a case can know of a comment.
func (w *world) full(item string) string {
	w.T.Helper()
	c := w.Comment(item, desktest.Said)
	c.Thread, c.Parent = "threadcanary", "parentcanary"
	v := desktest.Clear(c)
	v.Kinds = []classify.Kind{"kindcanary"}
	v.Subject, v.Identifier, v.Score, v.Lang = "subjectcanary", true, 0.4711, "es"
	v.Reasons = []classify.Reason{{Start: 10, End: 20, Kind: "kindcanary", Why: "whycanary"}}
	w.Must(w.Take(w.T.Context(), []classify.Verdict{v}))
	return c.ID
}

func TestErasedCaseKeepsTheFactOnly(t *testing.T) {
	for _, why := range []string{respond.WhyAuthor, respond.WhyRequest} {
		w := newWorld(t)
		id := w.full("c1")
		before := w.Get(id)
		w.Answer(id)
		w.Wait(time.Minute)
		w.Step()
		w.Erasing(id, why)
		w.Stands(id, respond.Sent, "approved", "sending", "sent", "erased "+why)
		c := w.Get(id)
		raw, _ := json.Marshal(c)
		for _, told := range []string{"canary", "0.4711", before.Comment.Version, before.Comment.Created.Format("2006-01-02T15:04:05"), `"identifier":true`, `"level":"clear"`} {
			// The approval's time is of the case, not of the comment.
			if s := strings.ReplaceAll(string(raw), w.Clock.Add(-time.Minute).Format("2006-01-02T15:04:05"), ""); strings.Contains(s, told) {
				t.Errorf("%s: %q is still there: %s", why, told, raw)
			}
		}
		if c.Lane != respond.LaneIdentifier || c.Comment.Platform != "facebook" || c.Comment.Account != "cedar" || c.Suggestion.Template == "" || c.Suggestion.Variant == 0 {
			t.Errorf("%s: the fact is gone: %s", why, raw)
		}
		steps := c.Step()
		w.Erasing(id, respond.WhyRequest)
		w.Erasing(id, respond.WhyRetention)
		if w.Get(id).Step() != steps {
			t.Errorf("%s: erased a second time", why)
		}
	}
	w := newWorld(t)
	w.Erasing("nocase", respond.WhyAuthor) // harmless
	if err := w.Erase(t.Context(), respond.Erasure{Comment: w.Open("c1"), By: "otto", Why: "fun"}); err == nil {
		t.Error("an unknown reason is taken")
	}
}

func TestWhatErasureMakesOfACase(t *testing.T) {
	unclear := func(w *world, id string) {
		w.Plat.Answer = desktest.Always(ingest.Outcome{Result: ingest.Unclear})
		w.Answer(id)
		w.Wait(time.Minute)
		w.Step()
	}
	for name, tt := range map[string]struct {
		before func(w *world, id string)
		want   respond.State
		open   bool
		why    string
		acts   int
	}{
		"nobody decided yet": {func(*world, string) {}, respond.Withdrawn, false, "its author deleted it", 0},
		"approved":           {func(w *world, id string) { w.Answer(id) }, respond.Withdrawn, false, "its author deleted it", 0},
		"to be done by hand": {func(w *world, id string) { delete(w.Accounts, "cedar"); w.Answer(id) }, respond.Withdrawn, false, "its author deleted it", 0},
		"under way":          {unclear, respond.Manual, true, respond.Unsure, 1},
		"perhaps out": {func(w *world, id string) { unclear(w, id); w.Wait(time.Hour); w.Step() }, respond.Manual, true,
			"it is not known whether this went out: please look on the platform, answer there if it did not, then mark it as handled", 1},
		"dismissed": {func(w *world, id string) {
			_, err := w.Dismiss(t.Context(), respond.Decision{Case: id, By: "marta"})
			w.Must(err)
		}, respond.Dismissed, false, "", 0},
		"refused by the platform": {func(w *world, id string) {
			w.Plat.Answer = desktest.Always(ingest.Outcome{Result: ingest.Refused})
			w.Answer(id)
			w.Wait(time.Minute)
			w.Step()
		}, respond.Withdrawn, false, "its author deleted it", 1},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			id := w.full("c1")
			tt.before(w, id)
			w.Erasing(id, respond.WhyAuthor)
			w.Wait(24 * time.Hour)
			w.Step()
			w.Stands(id, tt.want)
			c := w.Get(id)
			if c.Open() != tt.open || c.Actions[0].Why != tt.why || len(w.Plat.Acts) != tt.acts {
				t.Errorf("open %v, because %q, %d attempts", c.Open(), c.Actions[0].Why, len(w.Plat.Acts))
			}
			if c.CanUndo() {
				t.Error("it can be undone")
			}
			if _, err := w.Approve(t.Context(), respond.Decision{Case: id, By: "marta", Reply: desktest.Safe}); err == nil {
				t.Error("a reply to it can be approved")
			}
			if _, err := w.Handle(t.Context(), respond.Decision{Case: id, By: "marta"}); (err == nil) != tt.open {
				t.Errorf("handled: %v", err)
			}
		})
	}
}

func TestAnswerThatComesAfterTheErasureIsStored(t *testing.T) {
	w := newWorld(t)
	id := w.full("c1")
	w.Answer(id)
	w.Wait(time.Minute)
	w.Plat.Answer = func(ingest.Action) ingest.Outcome {
		w.Erasing(id, respond.WhyRequest)
		return ingest.Outcome{Result: ingest.Done}
	}
	w.Step()
	w.Stands(id, respond.Sent, "manual", "erased", "sent")
	if c := w.Get(id); c.Open() || c.Actions[0].Unclear {
		t.Fatalf("%+v", c.Actions)
	}
}

func TestRetentionLeavesASettledCaseAsItIs(t *testing.T) {
	w := newWorld(t)
	id := w.full("c1")
	if err := w.Erase(t.Context(), respond.Erasure{Comment: id, By: respond.Machine, Why: respond.WhyRetention}); err == nil {
		t.Fatal("the words of an open case were given away")
	}
	w.Answer(id)
	w.Wait(time.Minute)
	w.Step()
	before := w.Get(id)
	w.Erasing(id, respond.WhyRetention)
	w.Erasing(id, respond.WhyRetention)
	after := w.Get(id)
	if len(after.Judgement.Reasons) > 0 || after.Comment != before.Comment || after.Judgement.Score != before.Judgement.Score || after.Step() != before.Step()+1 {
		t.Fatalf("%+v", after)
	}
	v := desktest.Clear(w.Comment("c1", "I bleed even more now"))
	w.Must(w.Take(t.Context(), []classify.Verdict{v})) // new words, which are kept
	if said, err := w.Said(t.Context(), w.Get(id)); err != nil || said.Text == "" {
		t.Fatalf("the words of the new version: %v", err)
	}
	w.Erasing(id, respond.WhyAuthor) // deleted later: then no more than the fact stays
	if c := w.Get(id); c.Comment.Version != "" || c.Judgement.Score != 0 || c.Erased != respond.WhyAuthor {
		t.Fatalf("%+v", c)
	}
}

func TestNothingIsDoneAboutAnErasedComment(t *testing.T) {
	t.Run("no case is opened", func(t *testing.T) {
		w := newWorld(t)
		c, own := w.Comment("c1", desktest.Said), w.Own("r1", "c2", "So sorry about your surgery!")
		w.Gone[c.ID], w.Gone[own.ID] = true, true
		w.Must(w.Take(t.Context(), []classify.Verdict{desktest.Clear(c), {Comment: own}}))
		w.Must(w.TakeDead(t.Context(), c.ID, &c))
		if n := w.Stored.Count(); n != 0 {
			t.Fatalf("%d cases", n)
		}
	})
	t.Run("erased while its case is opened: the case is scrubbed", func(t *testing.T) {
		w := newWorld(t)
		c, looks := w.Comment("c1", desktest.Said), 0
		w.Desk.Erased = func(string) bool { looks++; return looks > 1 }
		w.Must(w.Take(t.Context(), []classify.Verdict{desktest.Clear(c)}))
		w.Stands(c.ID, respond.Withdrawn, "erased")
	})
	t.Run("a verdict on a newer version comes late: it stays erased", func(t *testing.T) {
		w := newWorld(t)
		id := w.full("c1")
		w.Erasing(id, respond.WhyRequest)
		clear(w.Gone)
		w.Must(w.Take(t.Context(), []classify.Verdict{desktest.Clear(w.Comment("c1", "I bleed even more now"))}))
		w.Stands(id, respond.Withdrawn)
	})
	t.Run("erased while the sender looks: nothing goes out", func(t *testing.T) {
		w := newWorld(t)
		id := w.Open("c1")
		w.Answer(id)
		w.Wait(time.Minute)
		w.Plat.Looked = func() { w.Gone[id] = true }
		w.Step()
		w.Stands(id, respond.Withdrawn)
		if len(w.Plat.Acts) > 0 {
			t.Fatalf("%+v", w.Plat.Acts)
		}
	})
}

func TestDeadLettersBecomeCases(t *testing.T) {
	w := newWorld(t)
	c := w.Comment("c1", desktest.Said)
	for range 2 {
		w.Must(w.TakeDead(t.Context(), c.ID, &c))
		w.Must(w.TakeDead(t.Context(), "unreadable", nil))
	}
	for _, id := range []string{c.ID, "unreadable"} {
		w.Stands(id, respond.Waiting, "opened")
		if k := w.Get(id); k.Lane != respond.LaneLook || k.Judgement.Judged || k.Judgement.WhyNot != respond.NotHandled || len(k.History) != 1 {
			t.Fatalf("%+v", k)
		}
	}
	id := w.Open("c2")
	w.Answer(id)
	w.Must(w.TakeDead(t.Context(), id, nil))
	w.Stands(id, respond.Approved) // what is known stays
	edited := w.Comment("c2", "I bleed even more now")
	w.Must(w.TakeDead(t.Context(), id, &edited))
	w.Stands(id, respond.Waiting, "withdrawn", "edited")
	if _, err := w.Reveal(t.Context(), "unreadable", "marta"); err != respond.ErrGone {
		t.Fatalf("got %v, want ErrGone", err)
	}
	_, err := w.Dismiss(t.Context(), respond.Decision{Case: "unreadable", By: "marta"})
	w.Must(err)
}
