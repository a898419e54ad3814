package respond

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
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
	said, err := d.beside(ctx, to, own)
	if err != nil {
		return err
	}
	problems := d.Gate.Check(Outgoing{Text: content.Text, Comment: said, Platform: own.Platform})
	if len(problems) > 0 {
		over, err := d.overrode(ctx, to, own, content.Text)
		if err != nil {
			return err
		}
		if !over {
			return d.takeDown(ctx, own, problems)
		}
	}
	answered[own.Parent] = true
	if err := d.mended(ctx, own); err != nil || to == nil {
		return err
	}
	return d.answeredByPerson(ctx, *to, own)
}

// Standing is what is to be said of something that went out, as the platform's
// own review of it stands.
var Standing = map[ingest.Standing]string{
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
	_, err := d.Change(ctx, to.ID(), func(c *Case) error {
		for i := range c.Actions {
			if a := &c.Actions[i]; a.Item == own.ID && a.State == Sent {
				a.State, a.Why, a.Done = Failed, Standing[ingest.Rejected], d.Now()
				c.Note(d.Now(), Machine, string(Failed), string(a.Kind))
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

// beside opens the words that a reply of ours answers, whose case is to; nil: they
// have none, and may be kept all the same. Empty: they are not.
func (d *Desk) beside(ctx context.Context, to *Case, own ingest.Comment) (string, error) {
	if to == nil {
		return d.Answered(ctx, own)
	}
	said, err := d.Said(ctx, *to)
	if err != nil && !errors.Is(err, ErrGone) {
		return "", fmt.Errorf("open own reply: %w", err)
	}
	return said.Text, nil
}

// Answered opens the words of the comment that a reply of ours answers; empty: they
// are not kept.
func (d *Desk) Answered(ctx context.Context, own ingest.Comment) (string, error) {
	if own.Parent == "" || d.Kept == nil {
		return "", nil
	}
	said, err := d.Kept(ctx, own.Parent)
	if err != nil && !errors.Is(err, ErrGone) {
		return "", fmt.Errorf("open what a reply answers: %w", err)
	}
	return said.Text, nil
}

// overrode reports whether a text that fails the gate went out on purpose: a privacy
// officer let out these very words as the answer to this comment.
func (d *Desk) overrode(ctx context.Context, to *Case, own ingest.Comment, text string) (bool, error) {
	if to == nil {
		return false, nil
	}
	c, err := d.Cases.Get(ctx, to.ID()) // it may be a light form
	if err != nil {
		return false, fmt.Errorf("open own reply: %w", err)
	}
	for _, a := range c.Actions {
		if a.Override == "" || a.Kind != ingest.Reply || a.Item != "" && a.Item != own.ID {
			continue
		}
		if strings.HasSuffix(a.Text, "."+d.Names.Version(text)) {
			return true, nil
		}
		said, err := d.Texts.Open(ctx, a.Text) // platforms change spaces
		if err != nil && !errors.Is(err, ErrGone) {
			return false, fmt.Errorf("open own reply: %w", err)
		}
		if err == nil && slices.Equal(strings.Fields(said.Text), strings.Fields(text)) {
			return true, nil
		}
	}
	return false, nil
}

// TakeOld opens the case of what the practice published long ago, in which the gate
// found these problems: unless there is one, or a privacy officer let these very words
// out. It reports whether there is a case now.
func (d *Desk) TakeOld(ctx context.Context, own ingest.Comment, problems []Problem) (bool, error) {
	to, err := d.answers(ctx, own)
	if err != nil || d.WasErased(own.ID) {
		return false, err
	}
	over, err := d.overrode(ctx, to, own, own.Content.Text)
	if err != nil || over {
		return false, err
	}
	return true, d.takeDown(ctx, own, problems)
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
		c.Note(d.Now(), Machine, "opened", string(c.Lane))
		return d.create(ctx, []Case{c})
	case err == nil && own.Edit > old.Comment.Edit && !old.scrubbed(): // mended, and still not right
		old.TakeBack("our reply was changed after this was approved", d.Now())
		old.Note(d.Now(), Machine, "opened", string(c.Lane))
		c.History, c.Noted, c.Paused, c.Revision = old.History, old.Noted, old.Paused, old.Revision
		c.Assignee, c.Notes = old.Assignee, old.Notes
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
	_, err := d.Change(ctx, own.ID, func(c *Case) error {
		if !c.Open() && c.State() != Approved || own.Edit <= c.Comment.Edit {
			return errAsIs
		}
		c.TakeBack("the reply was corrected on the platform", d.Now())
		c.Comment = own
		c.Actions = []Action{{Kind: ingest.TakeDown, State: Withdrawn, Done: d.Now(), Why: "the reply was corrected on the platform"}}
		c.Note(d.Now(), Machine, "edited", "")
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
	_, err := d.Change(ctx, c.ID(), func(c *Case) error {
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
	c.TakeBack("somebody of the practice answered on the platform: look whether this is still to be done", now)
	c.Actions = slices.DeleteFunc(c.Actions, func(a Action) bool { return a.Kind == ingest.Reply && !a.Unclear })
	a := Action{Kind: ingest.Reply, State: Withdrawn, Done: now, Why: "somebody of the practice answered on the platform"}
	if c.pressing() {
		a.Look, a.Why = true, a.Why+": look whether more is to be done"
	}
	c.Actions = append(c.Actions, a)
	if c.Suggestion != nil { // a second public answer is not proposed
		s := *c.Suggestion
		if s.Text = ""; s.Private == "" && s.Hide == "" {
			c.Suggestion = nil
		} else {
			c.Suggestion = &s
		}
	}
	c.Note(now, Machine, "answered", "")
}

// pressing reports whether an answer alone does not settle a case of this lane.
func (c *Case) pressing() bool {
	return c.Lane == LaneUrgent || c.Lane == LaneIdentifier || c.Lane == LaneOther
}

// TakeBack withdraws what is approved and has not gone out, for a person to look
// at; why tells her in a sentence.
func (c *Case) TakeBack(why string, now time.Time) {
	for i := range c.Actions {
		if a := &c.Actions[i]; a.State == Approved {
			a.State, a.Look, a.Why, a.Done, a.Due = Withdrawn, true, why, now, time.Time{}
			c.Note(now, Machine, string(Withdrawn), string(a.Kind))
		}
	}
}
