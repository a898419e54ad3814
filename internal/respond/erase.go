package respond

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"triage/internal/classify"
	"triage/internal/ingest"
)

// Why a comment is erased: codes of Erasure.Why.
const (
	WhyAuthor    = "author-deleted" // its author deleted it on the platform
	WhyRequest   = "request"        // somebody asked for it
	WhyRetention = "retention"      // the time of its words is over
	WhyTerms     = "terms"          // it was decided, and the platform's terms do not let it be kept
)

// Erasure says that a comment is erased, by whom and why.
type Erasure struct {
	Comment string // the comment's id
	By      string // a user, or Machine
	Why     string
}

// lapses is why nothing more is done about an erased comment.
var lapses = map[string]string{WhyAuthor: "its author deleted it", WhyRequest: Lapsed,
	WhyTerms: "it was decided, and the platform's terms do not let it be kept"}

// Lapsed is why nothing more is done about a comment that was erased, and Unsure
// what a person is told of an attempt on it: without the comment the platform
// cannot be asked.
const (
	Lapsed = "the comment was erased"
	Unsure = "the comment was erased before it was known whether this went out: please look on the platform, then mark it as handled"
)

// Erase leaves of a case no more than the fact: lane, decision, what went out
// and when, by codes. What was pending is withdrawn; what may be online is for a
// person. When only the time of the words is over, a settled case loses nothing
// but the places in them, and one of a sample is settled with that; another that
// is not settled is an error. A comment without a case, and erasing twice, are
// harmless.
func (d *Desk) Erase(ctx context.Context, e Erasure) error {
	if e.Why != WhyRetention && lapses[e.Why] == "" {
		return fmt.Errorf("erase case: %q is no reason", e.Why)
	}
	_, err := d.Change(ctx, e.Comment, func(c *Case) error { return c.erase(e, d.Now()) })
	if err != nil && !errors.Is(err, ErrNotFound) && !errors.Is(err, errAsIs) {
		return fmt.Errorf("erase case: %w", err)
	}
	return nil
}

var errUnsettled = errors.New("it is not settled: its words are still needed")

// erase scrubs the case.
func (c *Case) erase(e Erasure, now time.Time) error {
	switch {
	case c.scrubbed() || c.Erased == e.Why:
		return errAsIs
	case e.Why == WhyRetention && !c.Settled() && c.Lane != LaneSample:
		return errUnsettled
	case e.Why == WhyRetention:
		if !c.Settled() {
			c.lapse("nobody looked at it in time", now)
		}
		c.Judgement.Reasons = nil
	default:
		c.lapse(lapses[e.Why], now)
		c.Comment = ingest.Comment{ID: c.Comment.ID, Platform: c.Comment.Platform, Account: c.Comment.Account, Own: c.Comment.Own}
		c.Judgement = classify.Judgement{Judged: c.Judgement.Judged, WhyNot: c.Judgement.WhyNot}
		c.Label = nil
		if s := c.Suggestion; s != nil {
			c.Suggestion = &Suggestion{Template: s.Template, Lang: s.Lang, Variant: s.Variant}
		}
	}
	c.Erased, c.Notes, c.Proposal = e.Why, nil, nil
	c.Note(now, e.By, "erased", e.Why)
	return nil
}

// scrubbed reports whether no more than the fact is left of the case.
func (c *Case) scrubbed() bool { return c.Erased != "" && c.Erased != WhyRetention }

// lapse ends what is still to be done.
func (c *Case) lapse(why string, now time.Time) {
	if len(c.Actions) == 0 {
		c.Actions = []Action{{Kind: ingest.Reply, State: Withdrawn, Why: why, Done: now}}
	}
	for i := range c.Actions {
		a := &c.Actions[i]
		a.Look = false
		switch {
		case a.State == Sending:
			a.State, a.Unclear, a.Why = Manual, true, Unsure
		case a.State == Approved, a.NeedsPerson() && !a.Unclear:
			a.State, a.Why = Withdrawn, why
		default:
			continue
		}
		a.Done, a.Due = now, time.Time{}
		c.Note(now, Machine, string(a.State), string(a.Kind))
	}
}

// Restored is the case as it may be used after a restore from a backup: what
// was going out then may have gone out since, so a person looks. It reports
// whether that changes anything; c stays as it is. What was proposed then may have been
// withdrawn since: it is not confirmed any more.
func Restored(c Case, backup, now time.Time) (Case, bool) {
	c.Actions, c.History = slices.Clone(c.Actions), slices.Clone(c.History)
	p, changed := c.Proposed()
	if changed {
		c.Proposal = nil
		c.Note(now, Machine, Unproposed, p.By)
	}
	for i := range c.Actions {
		a := &c.Actions[i]
		if a.State != Sending && a.State != Approved {
			continue
		}
		a.Unclear = a.State == Sending || a.Kind == ingest.Reply || a.Kind == ingest.Private
		a.State, a.Due, a.Done, changed = Manual, time.Time{}, now, true
		a.Why = "restored from a backup of " + backup.UTC().Format("2 Jan 2006 15:04 UTC") +
			": it is not known whether this went out: look on the platform, then mark it as handled"
		c.Note(now, Machine, "restored", string(a.Kind))
	}
	return c, changed
}
