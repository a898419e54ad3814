package respond

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/respond/gate"
)

// takeOwn looks at what the practice itself published. If it says too much it
// becomes a take-down case; if not, it settles the case it answers.
func (d *Desk) takeOwn(ctx context.Context, own ingest.Comment, answered map[string]bool) error {
	content, err := d.Texts.Open(ctx, own.Key())
	if err != nil {
		return d.unlessGone("open own reply", err)
	}
	to, err := d.answers(ctx, own)
	if err != nil {
		return err
	}
	if own.Standing == ingest.Rejected {
		return d.rejected(ctx, to, own)
	}
	said := ingest.Content{}
	if to != nil {
		if said, err = d.Said(ctx, *to); err != nil && !errors.Is(err, ErrGone) {
			return fmt.Errorf("open own reply: %w", err)
		}
	}
	problems := d.Gate.Check(Outgoing{Text: content.Text, Comment: said.Text, Platform: own.Platform})
	if len(problems) > 0 {
		return d.takeDown(ctx, own, problems)
	}
	answered[own.Parent] = true
	if err := d.mended(ctx, own); err != nil || to == nil {
		return err
	}
	return d.answeredByPerson(ctx, *to, own)
}

// standing is what is to be said of something that went out, as the platform's
// own review of it stands.
var standing = map[ingest.Standing]string{
	ingest.Pending:  "it was sent; the platform reviews it before it shows it",
	ingest.Rejected: "the platform's review refused it and nobody sees it: please write another one or answer there yourself",
}

// rejected tells a person that the platform's own review refused a reply: nobody
// sees it, so there is nothing to take down, and nothing was answered either. to
// is the case of the comment; nil: there is none.
func (d *Desk) rejected(ctx context.Context, to *Case, own ingest.Comment) error {
	if to == nil {
		return nil
	}
	_, err := d.change(ctx, to.ID(), func(c *Case) error {
		for i := range c.Actions {
			if a := &c.Actions[i]; a.Item == own.ID && a.State == Sent {
				a.State, a.Why, a.Done = Failed, standing[ingest.Rejected], d.Now()
				c.note(d.Now(), Machine, string(Failed), string(a.Kind))
				return nil
			}
		}
		return errAsIs
	})
	if err != nil && !errors.Is(err, errAsIs) {
		return fmt.Errorf("note a refused reply: %w", err)
	}
	return nil
}

// answers finds the case that a reply of ours answers; nil: there is none. What
// the sender made belongs to the case it was made for, whatever the platform
// says it hangs under.
func (d *Desk) answers(ctx context.Context, own ingest.Comment) (*Case, error) {
	for c := range d.Cases.All() {
		if slices.ContainsFunc(c.Actions, func(a Action) bool { return a.Item == own.ID }) {
			return c, nil
		}
	}
	if own.Parent == "" {
		return nil, nil
	}
	c, err := d.Cases.Get(ctx, own.Parent)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open own reply: %w", err)
	}
	return &c, nil
}

// takeDown opens the case of a published reply of ours that fails the gate; or,
// if it is only in a language the gate cannot read, of one to look at.
func (d *Desk) takeDown(ctx context.Context, own ingest.Comment, problems []Problem) error {
	c := Case{Comment: own, Lane: LaneTakeDown, Opened: d.Now()}
	c.Judgement.Judged = true
	if !slices.ContainsFunc(problems, func(p Problem) bool { return p.Rule != gate.RuleLanguage }) {
		c.Lane, c.Judgement.Judged, c.Judgement.WhyNot = LaneLook, false, classify.NotLanguage
	}
	for _, p := range problems {
		c.Judgement.Reasons = append(c.Judgement.Reasons,
			classify.Reason{Start: p.Start, End: p.End, Kind: p.Rule, Why: "our own words break the rule “" + p.Rule + "”"})
	}
	old, err := d.Cases.Get(ctx, own.ID)
	switch {
	case errors.Is(err, ErrNotFound):
		c.note(d.Now(), Machine, "opened", string(c.Lane))
		return d.create(ctx, []Case{c})
	case err == nil && own.Edit > old.Comment.Edit && !old.scrubbed(): // mended, and still not right
		old.takeBack("our reply was changed after this was approved", d.Now())
		old.note(d.Now(), Machine, "opened", string(c.Lane))
		c.History, c.Noted, c.Paused, c.Revision = old.History, old.Noted, old.Paused, old.Revision
		_, err = d.Cases.Update(ctx, c)
		d.changed()
	}
	if err != nil {
		return fmt.Errorf("open take-down case: %w", err)
	}
	return nil
}

// mended closes the case of a reply of ours that says too much no more.
func (d *Desk) mended(ctx context.Context, own ingest.Comment) error {
	_, err := d.change(ctx, own.ID, func(c *Case) error {
		if !c.Open() && c.State() != Approved || own.Edit <= c.Comment.Edit {
			return errAsIs
		}
		c.takeBack("the reply was corrected on the platform", d.Now())
		c.Comment = own
		c.Actions = []Action{{Kind: ingest.TakeDown, State: Withdrawn, Done: d.Now(), Why: "the reply was corrected on the platform"}}
		c.note(d.Now(), Machine, "edited", "")
		return nil
	})
	if errors.Is(err, ErrNotFound) || errors.Is(err, errAsIs) {
		return nil
	}
	return err
}

// answeredByPerson withdraws the reply that was pending on a case which somebody
// of the practice answered on the platform itself. What else was pending is for
// a person to decide anew.
func (d *Desk) answeredByPerson(ctx context.Context, c Case, own ingest.Comment) error {
	_, err := d.change(ctx, c.ID(), func(c *Case) error {
		if c.acted() || !c.Open() && c.State() != Approved {
			return errAsIs // it is ours, or may be: the sender finds out
		}
		c.settleAnswered(d.Now())
		return nil
	})
	if errors.Is(err, errAsIs) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("settle answered case: %w", err)
	}
	return nil
}

// settleAnswered withdraws the reply of a case that somebody of the practice
// answered on the platform. A pressing one stays with a person all the same:
// that something was answered does not say that somebody was helped.
func (c *Case) settleAnswered(now time.Time) {
	c.takeBack("somebody of the practice answered on the platform: look whether this is still to be done", now)
	c.Actions = slices.DeleteFunc(c.Actions, func(a Action) bool { return a.Kind == ingest.Reply && !a.Unclear })
	a := Action{Kind: ingest.Reply, State: Withdrawn, Done: now, Why: "somebody of the practice answered on the platform"}
	if c.pressing() {
		a.Look, a.Why = true, a.Why+": look whether more is to be done"
	}
	c.Actions = append(c.Actions, a)
	c.note(now, Machine, "answered", "")
}

// pressing reports whether an answer alone does not settle a case of this lane.
func (c *Case) pressing() bool {
	return c.Lane == LaneUrgent || c.Lane == LaneIdentifier || c.Lane == LaneOther
}

// takeBack withdraws what is approved and has not gone out, for a person to
// look at.
func (c *Case) takeBack(why string, now time.Time) {
	for i := range c.Actions {
		if a := &c.Actions[i]; a.State == Approved {
			a.State, a.Look, a.Why, a.Done, a.Due = Withdrawn, true, why, now, time.Time{}
			c.note(now, Machine, string(Withdrawn), string(a.Kind))
		}
	}
}
