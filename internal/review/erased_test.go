package review

import (
	"testing"
	"time"

	"triage/internal/ingest"
	"triage/internal/respond"
)

func TestErasedCaseShowsTheFactOnly(t *testing.T) {
	w := newWorld(t)
	w.add(t, "waited", respond.LaneClear, canaryText)
	w.add(t, "perhaps", respond.LaneClear, canaryText, func(c *respond.Case) {
		c.Actions = []respond.Action{{Kind: ingest.Reply, State: respond.Sending, By: "rita", Intent: &respond.Intent{Attempt: 1}}}
	})
	b := w.as(t, "rita")
	b.post("/cases/waited/reveal")
	b.get("/cases/waited").see(t, 200, canaryText)
	for id, why := range map[string]string{"waited": respond.WhyAuthor, "perhaps": respond.WhyRequest} {
		if err := w.opts.Desk.Erase(t.Context(), respond.Erasure{Comment: id, By: "otto", Why: why}); err != nil {
			t.Fatal(err)
		}
	}
	got := b.get("/cases/waited")
	got.see(t, 200, "The words were erased", "because its author deleted it.", "The words were erased: the author deleted them.", "60 minutes ago")
	got.lacks(t, canaryText, canaryAuthor, "operation", "Reveal", "Undo", "Approve", `name="reply"`, "years", "0001")
	got = b.get("/cases/perhaps")
	got.see(t, 200, "The words were erased: somebody asked for it.", "please look on the platform", "Handled by hand")
	got.lacks(t, canaryText, "Reveal", "Approve", `name="reply"`, "0001")
	list := b.get("/")
	if s := order(list.body); s != "perhaps" {
		t.Errorf("needs somebody: %s", s)
	}
	list.see(t, 200, ">1 h<")
	b.get("/?state=answered").see(t, 200)
	b.post("/cases/perhaps/approve", "step", "1", "reply", safeReply)
	if c, _ := w.cases.Get(t.Context(), "perhaps"); c.State() != respond.Manual {
		t.Errorf("the case is %s", c.State())
	}
}

func TestWhatCouldNotBeProcessed(t *testing.T) {
	w := newWorld(t)
	known := ingest.Comment{ID: "known", Version: "v1", Platform: "facebook", Account: "cedar", Created: w.now.Add(-time.Hour)}
	w.texts.texts[known.Key()] = ingest.Content{Text: canaryText, Link: canaryLink}
	for id, c := range map[string]*ingest.Comment{"known": &known, "nothing": nil} {
		if err := w.opts.Desk.TakeDead(t.Context(), id, c); err != nil {
			t.Fatal(err)
		}
	}
	b := w.as(t, "rita")
	b.get("/").see(t, 200, "Please look: not judged", "Platform not known")
	b.get("/cases/known").see(t, 200, "It could not be processed: please look at it on the platform.", "Reveal the comment first")
	b.post("/cases/known/reveal")
	b.get("/cases/known").see(t, 200, canaryText, canaryLink)
	got := b.get("/cases/nothing")
	got.see(t, 200, "It could not be processed", "could not be read", "Platform not known")
	got.lacks(t, "0001", "years")
	b.post("/cases/nothing/dismiss", "step", "1")
	b.get("/cases/nothing").see(t, 200, "rita decided that nothing is to be said.")
}

func TestPageFollowsTheRules(t *testing.T) {
	w := newWorld(t)
	w.add(t, "c1", respond.LaneClear, canaryText)
	b := w.as(t, "rita")
	b.get("/cases/c1").see(t, 200, "It goes out 60 seconds after you approve.")
	w.rules.Window = 5 * time.Minute
	b.get("/cases/c1").see(t, 200, "It goes out 5 minutes after you approve.")
	w.rules.Shadow = true
	b.get("/cases/c1").see(t, 200, "Posting is off", "Nothing goes out.")
}
