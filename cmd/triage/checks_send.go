package main

import (
	"context"
	"time"

	"triage/internal/alert"
	"triage/internal/respond"
)

// sendCheck says when what was approved does not go out, whatever keeps it: an approval
// that only the log knows of is one that nobody hears of again.
type sendCheck struct {
	desk *respond.Desk
	page string
	now  func() time.Time
}

func (sendCheck) Name() string { return "sending" }

// overdue is how long after its time what was approved may still be here: longer than
// one attempt and reading the platform take.
const overdue = 5 * time.Minute

// Look groups what is overdue by account.
func (k sendCheck) Look(context.Context) ([]alert.Alert, error) {
	found := map[string]*alert.Alert{}
	for c := range k.desk.Lively() {
		due := k.due(c)
		if due.IsZero() || k.now().Sub(due) < overdue {
			continue
		}
		a, known := found[c.Comment.Account]
		if !known {
			a = &alert.Alert{Key: "sending/" + c.Comment.Account, Severity: alert.Tell, What: "approved, and it does not go out: see the log",
				Where: where(c.Comment), Since: due, Link: k.page + "/?state=going"}
			found[c.Comment.Account] = a
		}
		if a.Count++; due.Before(a.Since) {
			a.Since = due
		}
		if due.After(a.Latest) {
			a.Latest = due
		}
		if c.Lane.Urgent() {
			a.Severity = alert.Page
		}
	}
	out := make([]alert.Alert, 0, len(found))
	for _, a := range found {
		out = append(out, *a)
	}
	return out, nil
}

// due is when the last of what was approved on a case was to go out, for one thing
// waits for the other; of an attempt, when the platform was to be asked. Zero: nothing
// is under way.
func (k sendCheck) due(c *respond.Case) (last time.Time) {
	for _, a := range c.Actions {
		at := a.Due
		switch {
		case a.State == respond.Sending && a.Intent != nil:
			if asked := a.Intent.Started.Add(k.desk.Rules().ReadBack); asked.After(at) {
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
