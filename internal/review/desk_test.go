package review

import (
	"context"
	"testing"
	"time"

	"go.uber.org/zap"

	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/respond"
)

// newDesk is a real desk over the fakes.
func (w *world) newDesk(t *testing.T, log *zap.Logger) *respond.Desk {
	t.Helper()
	cedar := respond.Practice{Name: "Cedar Family Practice", Phone: "(503) 555-0142", Booking: "https://cedar.example/talk"}
	gate, err := respond.NewGate(cedar.GateOptions())
	if err != nil {
		t.Fatal(err)
	}
	drafter, err := respond.NewDrafter(cedar, nil, gate)
	if err != nil {
		t.Fatal(err)
	}
	return &respond.Desk{
		Newest: func(context.Context, string) (int, error) { return 0, nil },
		Cases:  w.cases, Texts: w.texts, Gate: gate, Drafter: drafter, Names: ingest.NewNamer([]byte("key")),
		Accounts: map[string]respond.Account{
			"cedar": {Actor: hand{kinds: []ingest.ActionKind{ingest.Reply, ingest.Private, ingest.Hide, ingest.TakeDown}}, Lang: "en"},
			"plain": {Actor: hand{kinds: []ingest.ActionKind{ingest.Reply}}, Lang: "en"},
		},
		Rules: func() respond.Rules { return w.rules }, Log: log, Now: func() time.Time { return w.opts.Now() },
	}
}

// furnish puts a working day on the desk.
func furnish(t *testing.T, w *world) {
	t.Helper()
	now := time.Now()
	on := func(platform string, age time.Duration) func(*respond.Case) {
		return func(c *respond.Case) {
			c.Comment.Platform, c.Comment.Created, c.Opened = platform, now.Add(-age), now.Add(-age)
			c.History[0].At = c.Opened
			c.Comment.Seen = c.Opened
		}
	}
	const said = "I had my gallbladder out here in May and it still hurts on the right side. Is that normal? Nobody calls me back."
	at := func(words, why string) classify.Reason {
		i := 0
		for said[i:i+len(words)] != words {
			i++
		}
		return classify.Reason{Start: i, End: i + len(words), Kind: "procedure", Why: why}
	}
	w.add(t, "story", respond.LaneClear, said, on("facebook", 2*time.Hour), func(c *respond.Case) {
		c.Judgement.Reasons = []classify.Reason{at("had my gallbladder out", "names an operation, of oneself"),
			at("still hurts on the right side", "tells a symptom, of oneself"), at("Is that normal?", "asks for advice")}
	})
	none := func(c *respond.Case) { c.Comment.PrivateUntil, c.Comment.CanHide = time.Time{}, false }
	w.add(t, "urgent", respond.LaneUrgent, "…", on("facebook", 3*time.Minute))
	w.add(t, "ours", respond.LaneTakeDown, "It was good to see you at your surgery", on("instagram", 12*time.Minute), none, func(c *respond.Case) {
		c.Comment.Own, c.Judgement.Score, c.Judgement.Level = true, 0, classify.None
		c.Judgement.Reasons = []classify.Reason{{Start: 12, End: 22, Why: "our own words break the rule “relationship”"}}
	})
	w.add(t, "blog", respond.LaneClear, "…", on("wordpress", time.Hour), none)
	w.add(t, "child", respond.LaneOther, "…", on("instagram", 4*time.Hour))
	w.add(t, "tagalog", respond.LaneLook, "…", on("google", 26*time.Hour), none, func(c *respond.Case) {
		c.Judgement = classify.Judgement{WhyNot: classify.NotLanguage, Lang: "tl"}
	})
	w.add(t, "maybe", respond.LanePossible, "…", on("google", 5*time.Hour), none, func(c *respond.Case) { c.Low = true })
	w.add(t, "sent", respond.LaneClear, "…", on("facebook", 20*time.Minute), func(c *respond.Case) {
		c.Actions = []respond.Action{{Kind: ingest.Reply, State: respond.Sent, Done: now.Add(-14 * time.Minute), By: "otto"}}
		c.History = append(c.History, respond.Entry{At: now.Add(-14 * time.Minute), By: "otto", Do: "approved", Note: "reply"})
	})
}
