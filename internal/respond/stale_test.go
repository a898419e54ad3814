package respond_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/respond"
	"triage/internal/respond/desktest"
)

// TestStale: whatever happened to the comment between the approval and the end of the
// undo window, the reply that no longer fits does not go out, and the case says why.
func TestStale(t *testing.T) {
	type stale struct {
		happens func(*world, string)
		kind    ingest.ActionKind // that is withdrawn
		why     string            // empty: the approval is gone, and the history says so
		history string
		// suggested is what is proposed of a public reply afterwards.
		suggested bool
	}
	for name, tt := range map[string]stale{
		"edited, as the poller reads it": {func(w *world, _ string) {
			w.Must(w.Take(t.Context(), clearOf(w.Comment("c1", "I bleed even more now"))))
		},
			ingest.Reply, "", "edited", true},
		"edited, as the sender reads it": {func(w *world, _ string) { w.Plat.Seen["c1"].Text = "Thank you" },
			ingest.Reply, "says something else now", "withdrawn reply", true},
		"deleted by its author": {func(w *world, id string) { w.Erasing(id, respond.WhyAuthor) },
			ingest.Reply, "its author deleted it", "erased", false},
		"not shown to us any more": {func(w *world, _ string) { delete(w.Plat.Seen, "c1") },
			ingest.Reply, "does not show us the comment", "withdrawn reply", true},
		"hidden": {func(w *world, _ string) { w.Plat.Seen["c1"].Hidden = true },
			ingest.Reply, "hidden meanwhile", "withdrawn reply", true},
		"answered by a person, as the poller reads it": {func(w *world, _ string) {
			w.Must(w.Take(t.Context(), []classify.Verdict{{Comment: w.Own("r1", "c1", desktest.Safe)}}))
		}, ingest.Reply, "somebody of the practice answered", "answered", false},
		"answered by a person, as the sender reads it": {func(w *world, _ string) {
			w.Plat.Seen["c1"].Own = []ingest.OwnReply{{Item: "r1", Text: desktest.Safe}}
		}, ingest.Reply, "somebody of the practice answered", "answered", false},
		"written to in private elsewhere": {func(w *world, _ string) { w.Plat.Seen["c1"].Answered = true },
			ingest.Private, "a private message was sent already", "withdrawn private", true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			id := w.Open("c1")
			w.Decide(respond.Decision{Case: id, By: "marta", Reply: desktest.Safe, Private: "Please call our office at (503) 555-0142."})
			tt.happens(w, id)
			w.Wait(time.Minute)
			for range 3 {
				w.Step()
			}
			if slices.ContainsFunc(w.Plat.Acts, func(a ingest.Action) bool { return a.Kind == tt.kind }) {
				t.Fatalf("the %s went out: %v", tt.kind, len(w.Plat.Acts))
			}
			c := w.Get(id)
			w.Stands(id, c.State(), tt.history)
			said := ""
			for _, a := range c.Actions {
				if a.Kind == tt.kind && a.State == respond.Withdrawn {
					said += a.Why
				}
			}
			if tt.why == "" && len(c.Actions) != 0 || !strings.Contains(said, tt.why) {
				t.Errorf("the case says %q: %+v", said, c.Actions)
			}
			if has := c.Suggestion != nil && c.Suggestion.Text != ""; has != tt.suggested {
				t.Errorf("a public reply is proposed: %v, want %v", has, tt.suggested)
			}
		})
	}
}

// After an edit the proposal is made anew beside the new words.
func TestTheSuggestionIsMadeAnew(t *testing.T) {
	w := newWorld(t)
	id := w.Open("c1")
	w.Must(w.Take(t.Context(), []classify.Verdict{{Comment: w.Comment("c1", "…"), Judgement: classify.Judgement{WhyNot: classify.NotMedia}}}))
	if s := w.Get(id).Suggestion; s != nil {
		t.Errorf("what cannot be judged has the proposal %+v", s)
	}
	w.Must(w.Take(t.Context(), []classify.Verdict{{Comment: w.Comment("c1", "I want to die"), Judgement: classify.Judgement{Judged: true, Urgent: true, Lang: "en"}}}))
	if s := w.Get(id).Suggestion; s == nil || !strings.Contains(s.Template, ".urgent.") {
		t.Fatalf("%+v", s)
	}
}

// Who needed help may still need it, whatever she writes afterwards: a person closes
// the case.
func TestUrgentIsNotEditedAway(t *testing.T) {
	harmless := map[string]classify.Judgement{
		"nothing any more":    {Judged: true, Lang: "en"},
		"something less":      {Judged: true, Level: classify.Possible, Lang: "en"},
		"what nobody can say": {WhyNot: classify.NotMedia},
	}
	for name, is := range harmless {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			urgent := classify.Verdict{Comment: w.Comment("c1", "I want to die"), Judgement: classify.Judgement{Judged: true, Urgent: true, Lang: "en"}}
			w.Must(w.Take(t.Context(), []classify.Verdict{urgent}))
			id := urgent.Comment.ID
			edit := func(text string) {
				w.Must(w.Take(t.Context(), []classify.Verdict{{Comment: w.Comment("c1", text), Judgement: is}}))
			}
			edit("never mind")
			if c := w.Get(id); c.Lane != respond.LaneUrgent || !c.Open() {
				t.Fatalf("nobody looked, and it is %s in %s", c.State(), c.Lane)
			}
			w.Answer(id)
			edit("never mind, really") // before it went out
			if c := w.Get(id); c.Lane != respond.LaneUrgent || !c.Open() {
				t.Fatalf("the answer did not go out, and it is %s in %s", c.State(), c.Lane)
			}
			_, err := w.Dismiss(t.Context(), respond.Decision{Case: id, By: "marta"})
			w.Must(err)
			edit("thank you")
			if c := w.Get(id); c.Lane == respond.LaneUrgent && c.Open() {
				t.Error("a person closed it, and it is open as urgent again")
			}
		})
	}
}
