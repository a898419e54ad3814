package checks

import (
	"context"
	"time"

	"triage/internal/alert"
	"triage/internal/ingest"
	"triage/internal/respond"
)

// Windows says where the time for a private message ends soon and nobody has decided:
// Meta takes one within 7 days of the comment (ingest.Comment.PrivateUntil), and then
// nothing is left but words that everybody reads.
type Windows struct {
	Desk *respond.Desk
	// Page is the desk's address.
	Page string
	// Night is as in Waiting.
	Night func(time.Time) time.Time
	// Now is the clock.
	Now func() time.Time
}

// Name implements alert.Check.
func (Windows) Name() string { return "windows" }

// How long before its end the team is told, and a person is called: where that is at
// night, in the evening or on the day before.
const (
	windowTells = day
	windowPages = 2 * time.Hour
)

var windowEarlier = []time.Duration{windowPages, 12 * time.Hour, windowTells}

const (
	endsInADay = "a private message is possible for less than a day more: decide on the case before that"
	endsSoon   = "a private message is possible for less than 2 hours more: decide on the case now"
)

// Look implements alert.Check.
func (k Windows) Look(context.Context) ([]alert.Alert, error) {
	if k.Desk.Rules != nil && k.Desk.Rules().Shadow {
		return nil, nil // nothing goes out, in time or not
	}
	found, now := gathered{}, k.Now()
	for c := range k.Desk.Lively() {
		ends := c.Comment.PrivateUntil
		if !k.matters(c) || !ends.After(now) || ends.Sub(now) > windowTells {
			continue
		}
		a := alert.Alert{
			Key: key("windows", string(c.Lane), c.Comment.Account), Severity: alert.Tell, What: endsInADay,
			Where: whereIs(c), Latest: ends.Add(-windowTells), Link: toCase(k.Page, c),
		}
		if !now.Before(k.pages(ends)) {
			a.Severity = alert.Page
		}
		if ends.Sub(now) <= windowPages {
			a.What = endsSoon
		}
		found.add(a, toQueue(k.Page, c.Lane, c.Comment.Account))
	}
	return found.list(), nil
}

// matters reports whether a private message is proposed for the case's lane and can be
// sent, and a person is still to decide.
func (k Windows) matters(c *respond.Case) bool {
	return respond.Plans[c.Lane].Private && c.Open() && c.Erased == "" && !c.Comment.Own &&
		!c.Done(ingest.Private) && private(k.Desk, c.Comment.Account)
}

// pages is from when on a person is called for a window that ends then. Where it is
// always night, she is woken.
func (k Windows) pages(ends time.Time) time.Time {
	for _, before := range windowEarlier {
		if at := ends.Add(-before); k.Night == nil || k.Night(at).IsZero() {
			return at
		}
	}
	return ends.Add(-windowPages)
}
