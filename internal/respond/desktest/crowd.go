package desktest

import (
	"math/rand/v2"
	"strconv"
	"time"

	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/respond"
)

// Crowd makes the cases of a practice that has been busy for years: 95 of 100 are
// settled, on five platforms with six accounts, in all lanes, decided by four people.
type Crowd struct {
	*rand.Rand
	// Now is the newest moment of all.
	Now   time.Time
	names ingest.Namer
	made  int
}

// CrowdStaff are the people who decide in a Crowd.
var CrowdStaff = []string{"dana", "marta", "priya", "lee"}

// crowdPlaces are the accounts, and how many of 20 comments are written there.
var crowdPlaces = []struct {
	platform, account string
	share             int
}{{"facebook", "cedar", 7}, {"facebook", "cedar-kids", 3}, {"instagram", "cedar.family", 4}, {"wordpress", "blog", 3}, {"google", "maple-street", 2}, {"x", "cedarfp", 1}}

// NewCrowd begins one that is the same for the same seed and now.
func NewCrowd(seed uint64, now time.Time) *Crowd {
	return &Crowd{Rand: rand.New(rand.NewPCG(seed, seed)), Now: now, names: ingest.NewNamer([]byte("crowd"))}
}

// Cases makes so many more.
func (w *Crowd) Cases(n int) []respond.Case {
	out := make([]respond.Case, n)
	for i := range out {
		out[i] = w.Case()
	}
	return out
}

// Case makes one more.
func (w *Crowd) Case() respond.Case {
	c := respond.Case{Comment: w.comment(), Lane: respond.LaneClear, Model: "cedar-1",
		Judgement: classify.Judgement{Judged: true, Level: classify.Clear, Subject: classify.Self, Lang: "en", Score: 0.93,
			Reasons: []classify.Reason{{Start: 10, End: 18, Kind: "procedure", Why: "names an operation"}, {Start: 0, End: 9, Kind: "visit", Why: "speaks of oneself"}}},
		Suggestion: &respond.Suggestion{Template: "thanks", Lang: "en", Text: Safe}}
	if n := w.IntN(20); n > 8 {
		c.Lane = respond.Lanes[n%len(respond.Lanes)]
	}
	c.Low = c.Lane == respond.LanePossible && w.IntN(2) == 0
	c.Opened = c.Comment.Seen
	c.Note(c.Opened, respond.Machine, "opened", string(c.Lane))
	if w.IntN(20) > 0 {
		w.settle(&c)
		w.forget(&c)
	}
	return c
}

// forget erases the words of what is settled when their time is over.
func (w *Crowd) forget(c *respond.Case) {
	switch {
	case c.Lane == respond.LaneRoutine:
		c.Erased = respond.WhyTerms
	case w.Now.Sub(c.LastStep()) > 30*24*time.Hour:
		c.Erased = respond.WhyRetention
	}
}

// comment is on one of the accounts, written in the last three years.
func (w *Crowd) comment() ingest.Comment {
	place := crowdPlaces[0]
	for n, i := w.IntN(20), 0; n >= 0; i++ {
		place = crowdPlaces[i]
		n -= place.share
	}
	w.made++
	id := func(what string, n int) string { return w.names.ID(place.platform, what, strconv.Itoa(n)) }
	c := ingest.Comment{ID: id("comment", w.made), Version: w.names.Version(strconv.Itoa(w.made)), Platform: place.platform, Account: place.account,
		Thread: id("post", w.IntN(2000)), CanHide: true, Created: w.Now.Add(-time.Duration(w.Int64N(int64(3 * 365 * 24 * time.Hour)))).Truncate(time.Second)}
	c.Seen = c.Created.Add(time.Duration(w.IntN(int(2 * time.Minute))))
	if place.platform == "facebook" || place.platform == "instagram" {
		c.PrivateUntil = c.Created.Add(7 * 24 * time.Hour)
	}
	return c
}

// settle lets somebody decide on a case, and what she decided go out.
func (w *Crowd) settle(c *respond.Case) {
	by, at := CrowdStaff[w.IntN(len(CrowdStaff))], c.Opened.Add(time.Duration(w.IntN(int(time.Hour))))
	c.Note(at, by, respond.Revealed, "")
	if w.IntN(5) == 0 {
		c.Actions = []respond.Action{{Kind: ingest.Reply, State: respond.Dismissed, By: by, Done: at}}
		c.Note(at, by, "dismissed", "")
		return
	}
	c.Note(at, by, "approved", "reply")
	kinds := []ingest.ActionKind{ingest.Reply}
	if !c.Comment.PrivateUntil.IsZero() {
		kinds = append(kinds, ingest.Private)
	}
	for _, k := range kinds {
		due := at.Add(time.Minute)
		c.Actions = append(c.Actions, respond.Action{Kind: k, State: respond.Sent, Text: c.ID() + ".say-" + string(k), By: by, Approved: at, Due: due,
			Item: c.ID()[1:] + "a", Intent: &respond.Intent{Attempt: 1, Started: due}, Done: due.Add(time.Second)})
		c.Note(due.Add(time.Second), respond.Machine, "sent", string(k))
	}
	if w.IntN(4) == 0 {
		c.Outcome = &respond.Outcome{Code: respond.Outcomes[w.IntN(len(respond.Outcomes))], By: by, At: at.Add(time.Hour)}
	}
}
