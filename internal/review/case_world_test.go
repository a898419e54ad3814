package review

import (
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/respond"
)

// evaluate runs a script on the page.
func evaluate(script string) chromedp.Action[chromedp.Void] {
	return chromedp.Evaluate[chromedp.Void](script + ";0")
}

// sampled puts cases of the weekly sample on the desk.
func sampled(t *testing.T, w *world, ids ...string) {
	t.Helper()
	for _, id := range ids {
		w.add(t, id, respond.LaneSample, "Parking behind the house was easy to find.", func(c *respond.Case) {
			c.Sampled, c.Judgement, c.Suggestion = "2026-02-23", classify.Judgement{Judged: true, Lang: "en"}, nil
		})
	}
}

// thread puts a conversation on the desk: talk-1 was answered, talk-2 answers that,
// talk-3 to talk-9 wait.
func thread(t *testing.T, w *world) {
	t.Helper()
	now := w.opts.Now()
	for i, id := range []string{"talk-1", "talk-2", "talk-3", "talk-4", "talk-5", "talk-6", "talk-7", "talk-8", "talk-9"} {
		w.add(t, id, respond.LaneClear, "…", func(c *respond.Case) {
			c.Comment.Thread, c.Comment.Created = "talk", now.Add(-time.Duration(i+1)*time.Hour)
			switch id {
			case "talk-1":
				c.Actions = []respond.Action{{Kind: ingest.Reply, State: respond.Sent, Done: now.Add(-time.Minute), By: "otto", Item: "our-reply"}}
			case "talk-2":
				c.Comment.Parent = "our-reply"
			}
		})
	}
}

// propose has otto propose to let out what the check refuses.
func propose(t *testing.T, w *world, id string) {
	t.Helper()
	otto, step := w.as(t, "otto"), []string{"step", "1", "reply", refusedReply}
	mark := marked(t, otto.post("/cases/"+id+"/approve", step...).body)
	got := otto.post("/cases/"+id+"/override", append(step, "refused", mark, "override", "consent", "override_note", "She agreed in writing on Monday.")...)
	if got.status != http.StatusSeeOther {
		t.Fatalf("propose: %d %s", got.status, main(got.body))
	}
}
