package checks

import (
	"context"
	"time"

	"triage/internal/alert"
	"triage/internal/respond"
)

// Sending says when what was approved does not go out, whatever keeps it: an approval
// that only the log knows of is one that nobody hears of again.
type Sending struct {
	Desk *respond.Desk
	// Page is the desk's address.
	Page string
	// Now is the clock.
	Now func() time.Time
}

// Name implements alert.Check.
func (Sending) Name() string { return "sending" }

// overdue is how long after its time what was approved may still be here: longer than
// one attempt and reading the platform take.
const overdue = 5 * time.Minute

// Look groups what is overdue by account; of what is urgent a person is called.
func (k Sending) Look(context.Context) ([]alert.Alert, error) {
	found := gathered{}
	for c := range k.Desk.Lively() {
		due := k.due(c)
		if due.IsZero() || k.Now().Sub(due) < overdue {
			continue
		}
		a := alert.Alert{Key: key("sending", c.Comment.Account), Severity: alert.Tell, What: "approved, and it does not go out: see the log",
			Where: whereIs(c), Since: due, Latest: due, Link: k.Page + "/?state=going"}
		if c.Lane.Urgent() {
			a.Severity = alert.Page
		}
		found.add(a, a.Link)
	}
	return found.list(), nil
}

// due is when the last of what was approved on a case was to go out, for one thing
// waits for the other; of an attempt, when the platform was to be asked. Zero: nothing
// is under way.
func (k Sending) due(c *respond.Case) (last time.Time) {
	for _, a := range c.Actions {
		at := a.Due
		switch {
		case a.State == respond.Sending && a.Intent != nil:
			if asked := a.Intent.Started.Add(k.Desk.Rules().ReadBack); asked.After(at) {
				at = asked
			}
		case a.State != respond.Approved:
			continue
		}
		if at.After(last) {
			last = at
		}
	}
	return last
}
