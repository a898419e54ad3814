package desktest

import (
	"math/rand/v2"
	"time"

	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/respond"
)

// Random makes cases of every kind, likely or not.
type Random struct{ *rand.Rand }

func pick[T any](r Random, from ...T) T { return from[r.IntN(len(from))] }

func (r Random) time() time.Time {
	return pick(r, time.Time{}, time.Date(2026, 5, 1+r.IntN(28), r.IntN(24), r.IntN(60), 0, r.IntN(1e9), time.UTC))
}

func (r Random) action() respond.Action {
	a := respond.Action{
		Kind:  pick(r, ingest.Reply, ingest.Private, ingest.Hide, ingest.TakeDown),
		State: pick(r, respond.Waiting, respond.Approved, respond.Sending, respond.Sent, respond.Failed, respond.Manual, respond.Withdrawn, respond.Dismissed, respond.Recorded),
		Text:  "key", Reason: "identifier", By: pick(r, "", "dana", respond.Machine), Approved: r.time(), Due: r.time(), Looks: r.IntN(3),
		Item: pick(r, "", "our-item"), Held: pick(r, "", "", "quiet=22:00-07:00", "daily_cap=50"), Unclear: r.IntN(3) == 0, Look: r.IntN(3) == 0, Why: "why", Code: "400", Done: r.time(),
	}
	if a.State == respond.Sending || r.IntN(2) == 0 {
		a.Intent = &respond.Intent{Attempt: 1, Started: r.time(), Before: []string{"a", "b"}}
	}
	return a
}

// Case is one, with up to three actions.
func (r Random) Case() respond.Case {
	c := respond.Case{
		Comment: ingest.Comment{ID: "id", Version: pick(r, "", "v"), Edit: 2, Platform: "facebook", Account: pick(r, "a", "b"), Thread: "thread",
			Parent: "parent", Created: r.time(), Seen: r.time(), CanHide: true, PrivateUntil: r.time(), Content: ingest.Content{Text: "words"}},
		Judgement: classify.Judgement{Judged: true, Reasons: []classify.Reason{{Start: 1, End: 2}}},
		Lane:      pick(r, respond.Lanes...), Opened: r.time(), Entered: r.time(), Low: r.IntN(2) == 0, Assignee: pick(r, "", "dana", "priya"), Erased: pick(r, "", "", respond.WhyRetention, respond.WhyRequest), Paused: r.time(),
		Suggestion: &respond.Suggestion{Text: "Thank you."}, Noted: 9, Revision: 7,
	}
	if r.IntN(3) == 0 {
		c.Outcome = &respond.Outcome{Code: pick(r, respond.Outcomes...), By: "dana", At: r.time()}
	}
	for range r.IntN(4) {
		c.Actions = append(c.Actions, r.action())
	}
	for range r.IntN(7) {
		c.History = append(c.History, respond.Entry{N: 1, At: r.time(), By: pick(r, "dana", respond.Machine), Note: "note",
			Do: pick(r, "opened", respond.Revealed, "approved", "dismissed", "handled", "sending", "sent", "undone", "edited", "erased", respond.Assigned)})
	}
	if r.IntN(3) == 0 {
		c.Proposal = &respond.Proposal{By: "otto", At: r.time(), Step: pick(r, c.Step(), 99), Reply: "key", Override: "consent", Note: "key"}
	}
	return c
}
