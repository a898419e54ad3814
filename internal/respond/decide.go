package respond

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"triage/internal/ingest"
)

// Decision is what a person decided about a case.
type Decision struct {
	Case string
	// Step is the Case.Step she saw; if the case went on since, she is told. 0
	// decides whatever happened.
	Step int
	By   string
	// Reply is the public reply; Private the private message; empty means none.
	Reply, Private string
	// Hide is the code of the privacy reason for hiding; empty means not to.
	Hide string
	// TakeDown deletes our own reply that the case is about.
	TakeDown bool
	// Override is the code of the reason for which texts that the gate refuses go
	// out, or stay online, all the same, and Note says it in words. Whoever fills them in
	// has seen to it that By may. Where that takes a second person it becomes a proposal.
	Override, Note string

	// second is who confirmed it.
	second string
}

// decider is who has the last word.
func (dec Decision) decider() string { return cmp.Or(dec.second, dec.By) }

// RefusedError says that the gate refused a text.
type RefusedError struct {
	Kind     ingest.ActionKind
	Problems []Problem
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("the %s may not be published: %d problems", e.Kind, len(e.Problems))
}

// CannotError says in a sentence for the front desk why a decision cannot be
// carried out.
type CannotError struct{ Why string }

func (e *CannotError) Error() string { return e.Why }

// hideReasons are the privacy reasons for which a comment may be hidden.
// Criticism is none of them.
var hideReasons = map[string]string{
	"identifier":   "it carries a phone number, address, full name or the like",
	"other-person": "it reveals another person's health",
	"author-asked": "its author asked for it",
}

// HideReasons returns the privacy reasons for which a comment may be hidden, by
// code, in words.
func HideReasons() map[string]string { return hideReasons }

// Approve takes a decision to act: the texts pass the gate beside the comment,
// are sealed, and wait out the undo window. What takes a second person is proposed
// (see Case.Proposed).
func (d *Desk) Approve(ctx context.Context, dec Decision) (Case, error) {
	dec.Reply, dec.Private = strings.TrimSpace(dec.Reply), strings.TrimSpace(dec.Private)
	c, err := d.Cases.Get(ctx, dec.Case)
	if err != nil {
		return Case{}, err
	}
	if err := dec.fits(&c); err != nil {
		return Case{}, err
	}
	over, err := d.overridden(ctx, c, dec)
	if err != nil {
		return Case{}, err
	}
	actions, err := d.actions(ctx, c, dec)
	if err != nil {
		return Case{}, err
	}
	dec.Step = c.Step() // what the gate saw is what is approved
	if d.needsSecond(dec) && slices.ContainsFunc(actions, Action.overrides) {
		return d.propose(ctx, dec, proposalOf(dec, actions), over)
	}
	return d.Change(ctx, dec.Case, func(c *Case) error {
		if err := dec.fits(c); err != nil {
			return err
		}
		c.Actions = append(c.online(), actions...)
		d.confirmed(c, dec)
		for _, a := range actions {
			if a.overrides() {
				c.Note(d.Now(), dec.By, Overrode, string(a.Kind)+":"+over)
			}
		}
		c.Note(d.Now(), dec.decider(), "approved", kinds(actions))
		if j := c.Judgement; j.Judged {
			c.follows(Label{Level: j.Level, Urgent: j.Urgent, Identifier: j.Identifier, By: dec.decider(), At: d.Now()})
		}
		return nil
	})
}

// overrides reports whether the gate refuses what the action says.
func (a Action) overrides() bool { return a.Override != "" }

// fits reports whether a decision can still be taken on c.
func (dec Decision) fits(c *Case) error {
	if !c.Open() || dec.Step != 0 && dec.Step != c.Step() {
		return ErrConflict
	}
	return nil
}

// Dismiss decides that nothing is to be done. Words of ours that the gate refuses stay
// online with an override only, and the history says why.
func (d *Desk) Dismiss(ctx context.Context, dec Decision) (Case, error) {
	c, err := d.Cases.Get(ctx, dec.Case)
	if err != nil {
		return Case{}, err
	}
	if err := dec.fits(&c); err != nil {
		return Case{}, err
	}
	dec.Step = c.Step() // the lane says what it takes
	over, err := d.leaves(ctx, c, &dec)
	if err != nil {
		return Case{}, err
	}
	if over != "" && d.needsSecond(dec) {
		return d.propose(ctx, dec, Proposal{Dismiss: true}, over)
	}
	return d.Change(ctx, dec.Case, func(c *Case) error {
		if err := dec.fits(c); err != nil {
			return err
		}
		if len(c.Actions) == 0 { // else it only says that no more is to be done
			c.follows(Label{By: dec.decider(), At: d.Now()})
		}
		c.Actions = append(c.online(), Action{Kind: ingest.Reply, State: Dismissed, By: dec.By, Second: dec.second, Done: d.Now()})
		d.confirmed(c, dec)
		if over != "" {
			c.Note(d.Now(), dec.By, Overrode, string(ingest.TakeDown)+":"+over)
		}
		c.Note(d.Now(), dec.decider(), "dismissed", "")
		return nil
	})
}

// leaves is the override with which our own words stay online that the gate refuses;
// empty: the case is about nothing of the kind.
func (d *Desk) leaves(ctx context.Context, c Case, dec *Decision) (string, error) {
	if c.Lane != LaneTakeDown {
		dec.Override, dec.Note = "", ""
		return "", nil
	}
	if dec.Override == "" {
		return "", &CannotError{"These are our own words, and the check refuses them. Delete the reply; or a privacy officer says for which reason it may stay online."}
	}
	return d.overridden(ctx, c, *dec)
}

// Handle records that a person looked, and did by hand what was to be done.
func (d *Desk) Handle(ctx context.Context, dec Decision) (Case, error) {
	return d.Change(ctx, dec.Case, func(c *Case) error {
		if err := dec.fits(c); err != nil {
			return err
		}
		handled := false
		for i := range c.Actions {
			if a := &c.Actions[i]; a.NeedsPerson() {
				a.State, a.Look, a.By, a.Done, handled = Dismissed, false, dec.By, d.Now(), true
			}
		}
		if !handled {
			return &CannotError{"There is nothing on this case to be done by hand."}
		}
		c.Note(d.Now(), dec.By, "handled", "")
		return nil
	})
}

// Undo takes back what was approved and has not gone out, or else a decision
// by which nothing goes out.
func (d *Desk) Undo(ctx context.Context, id, by string) (Case, error) {
	return d.Change(ctx, id, func(c *Case) error { return c.undo(by, d.Now()) })
}

func (c *Case) undo(by string, now time.Time) error {
	if !c.CanUndo() {
		return &CannotError{"It is too late to undo: it is going out or has gone out."}
	}
	if pending := slices.ContainsFunc(c.Actions, Action.pending); pending {
		c.Actions = slices.DeleteFunc(c.Actions, Action.pending)
	} else {
		c.Actions = nil
	}
	if c.Label != nil && !c.Label.Said && !c.acted() {
		c.Label = nil
	}
	c.Note(now, by, "undone", "")
	return nil
}

// AnsweredElsewhere settles what somebody of the practice answered on the platform,
// where the sender saw that before the poller did: the rule is the same.
func (c *Case) AnsweredElsewhere(now time.Time) { c.settleAnswered(now) }

// pending reports whether the action is approved and has not gone out.
func (a Action) pending() bool { return a.State == Approved }

// CanUndo reports whether something of the case can still be taken back: what
// waits to go out always, anything else only while nothing went out.
func (c Case) CanUndo() bool {
	if c.Erased != "" {
		return false
	}
	if slices.ContainsFunc(c.Actions, Action.pending) {
		return true
	}
	for _, a := range c.Actions {
		byPerson := a.State == Manual && a.Intent == nil && a.By != ""
		if a.Unclear || a.State != Dismissed && a.State != Recorded && !byPerson {
			return false
		}
	}
	return len(c.Actions) > 0
}

// Reveal opens the words of a case's comment to a person, and records that.
func (d *Desk) Reveal(ctx context.Context, id, by string) (ingest.Content, error) {
	c, err := d.Change(ctx, id, func(c *Case) error {
		c.Note(d.Now(), by, Revealed, "")
		return nil
	})
	if err != nil {
		return ingest.Content{}, err
	}
	return d.Said(ctx, c)
}

// errAsIs leaves a case as it is.
var errAsIs = errors.New("left as it is")

// Change changes a case whatever happens around it, and wakes who acts on it: f
// sees the newest version, as often as it takes, and any error of it leaves the
// case alone and is returned.
func (d *Desk) Change(ctx context.Context, id string, f func(*Case) error) (Case, error) {
	for {
		c, err := d.Cases.Get(ctx, id)
		if err != nil {
			return Case{}, err
		}
		before := len(c.History)
		if err := f(&c); err != nil {
			return c, err
		}
		ordered(ctx, c.History[before:])
		d.shed(ctx, &c)
		c, err = d.Cases.Update(ctx, c)
		if err == nil {
			d.changed()
		}
		if !errors.Is(err, ErrConflict) {
			return c, err
		}
	}
}

// A history longer than historyMost loses its oldest reveals, as far as they are
// in the audit, but none of its newest entries.
const historyMost, historyKept = 500, 200

func (d *Desk) shed(ctx context.Context, c *Case) {
	if len(c.History) <= historyMost || d.Audited == nil {
		return
	}
	safe, newest := d.Audited(ctx, c.ID()), c.Noted-historyKept
	c.History = slices.DeleteFunc(c.History, func(e Entry) bool { return e.Do == Revealed && e.N <= min(safe, newest) })
}
