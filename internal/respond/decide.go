package respond

import (
	"context"
	"errors"
	"fmt"

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
}

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
// are sealed, and wait out the undo window.
func (d *Desk) Approve(ctx context.Context, dec Decision) (Case, error) {
	c, err := d.Cases.Get(ctx, dec.Case)
	if err != nil {
		return Case{}, err
	}
	if err := dec.fits(&c); err != nil {
		return Case{}, err
	}
	actions, err := d.actions(ctx, c, dec)
	if err != nil {
		return Case{}, err
	}
	dec.Step = c.Step() // what the gate saw is what is approved
	return d.change(ctx, dec.Case, func(c *Case) error {
		if err := dec.fits(c); err != nil {
			return err
		}
		c.Actions = append(c.online(), actions...)
		c.note(d.Now(), dec.By, "approved", kinds(actions))
		return nil
	})
}

// fits reports whether a decision can still be taken on c.
func (dec Decision) fits(c *Case) error {
	if !c.Open() || dec.Step != 0 && dec.Step != c.Step() {
		return ErrConflict
	}
	return nil
}

// actions turns a decision into what is to be done, after asking the gate.
func (d *Desk) actions(ctx context.Context, c Case, dec Decision) ([]Action, error) {
	var out []Action
	add := func(kind ingest.ActionKind, text, reason string) error {
		if c.done(kind) {
			return &CannotError{"This was done already. One " + word(kind) + " per comment, for ever."}
		}
		a := d.action(c, kind, dec.By)
		a.Reason = reason
		if text != "" {
			if err := d.checkText(ctx, c, kind, text); err != nil {
				return err
			}
			a.Text = c.ID() + ".say-" + string(kind) + "." + d.Names.Version(text)
			if err := d.Texts.Save(ctx, a.Text, text); err != nil {
				return fmt.Errorf("approve: keep the text: %w", err)
			}
		}
		out = append(out, a)
		return nil
	}
	var errs []error
	if dec.Reply != "" {
		errs = append(errs, add(ingest.Reply, dec.Reply, ""))
	}
	if dec.Private != "" {
		errs = append(errs, d.mayPrivate(c), add(ingest.Private, dec.Private, ""))
	}
	if dec.Hide != "" {
		errs = append(errs, d.mayHide(c, dec.Hide), add(ingest.Hide, "", dec.Hide))
	}
	if dec.TakeDown {
		errs = append(errs, mayTakeDown(c), add(ingest.TakeDown, "", ""))
	}
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	if len(out) == 0 {
		return nil, &CannotError{"There is nothing to approve: write a reply, or choose “not sensitive”."}
	}
	return out, nil
}

// action is an approved action in the state its account allows.
func (d *Desk) action(c Case, kind ingest.ActionKind, by string) Action {
	a := Action{Kind: kind, By: by, State: Approved, Due: d.Now().Add(d.Window)}
	switch {
	case !d.can(c, kind):
		a.State, a.Why = Manual, "this cannot be done from here: please do it by hand on the platform, then mark it as handled"
	case d.Shadow:
		a.State, a.Why, a.Done = Recorded, "posting is switched off: the decision is recorded and nothing goes out", d.Now()
	}
	return a
}

// checkText holds a text against the gate and the platform's length.
func (d *Desk) checkText(ctx context.Context, c Case, kind ingest.ActionKind, text string) error {
	problems, err := d.Problems(ctx, c, kind, text)
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		return &RefusedError{Kind: kind, Problems: problems}
	}
	return nil
}

// Problems is what the gate says about a text on a case, length included.
func (d *Desk) Problems(ctx context.Context, c Case, kind ingest.ActionKind, text string) ([]Problem, error) {
	content, err := d.Texts.Open(ctx, c.Comment.Key())
	if err != nil && !errors.Is(err, ErrGone) {
		return nil, fmt.Errorf("check reply: %w", err)
	}
	problems := d.Gate.Check(Outgoing{Text: text, Comment: content.Text, Platform: c.Comment.Platform})
	if actor := d.Accounts[c.Comment.Account].Actor; actor != nil {
		if p, tooLong := lengthProblem(actor.Capabilities(), kind, text); tooLong {
			problems = append(problems, p)
		}
	}
	return problems, nil
}

func lengthProblem(caps ingest.Capabilities, kind ingest.ActionKind, text string) (Problem, bool) {
	limit := caps.MaxReply
	if kind == ingest.Private {
		limit = caps.MaxPrivate
	}
	count := func(s string) int { return len([]rune(s)) }
	if caps.Length != nil {
		count = caps.Length
	}
	n := count(text)
	if limit == 0 || n <= limit {
		return Problem{}, false
	}
	return Problem{Rule: "length", Start: 0, End: len(text),
		Why: fmt.Sprintf("The platform takes %d characters and this has %d. Shorten it.", limit, n)}, true
}

func (d *Desk) mayPrivate(c Case) error {
	if d.can(c, ingest.Private) {
		return nil
	}
	return &CannotError{"A private message is not possible here any more. Untick it and approve the rest."}
}

func (d *Desk) mayHide(c Case, reason string) error {
	if _, ok := hideReasons[reason]; !ok {
		return &CannotError{"Hiding needs a privacy reason. Criticism is never one."}
	}
	if !c.Comment.CanHide {
		return &CannotError{"The platform does not let us hide this comment. Untick it and approve the rest."}
	}
	return nil
}

func mayTakeDown(c Case) error {
	if c.Lane == LaneTakeDown {
		return nil
	}
	return &CannotError{"Only our own reply can be taken down."}
}

// Dismiss decides that nothing is to be done.
func (d *Desk) Dismiss(ctx context.Context, dec Decision) (Case, error) {
	return d.change(ctx, dec.Case, func(c *Case) error {
		if err := dec.fits(c); err != nil {
			return err
		}
		c.Actions = append(c.online(), Action{Kind: ingest.Reply, State: Dismissed, By: dec.By, Done: d.Now()})
		c.note(d.Now(), dec.By, "dismissed", "")
		return nil
	})
}

// Handle records that a person did by hand what could not be done from here.
func (d *Desk) Handle(ctx context.Context, dec Decision) (Case, error) {
	return d.change(ctx, dec.Case, func(c *Case) error {
		if err := dec.fits(c); err != nil {
			return err
		}
		handled := false
		for i := range c.Actions {
			if a := &c.Actions[i]; a.State == Manual || a.State == Failed {
				a.State, a.By, a.Done, handled = Dismissed, dec.By, d.Now(), true
			}
		}
		if !handled {
			return &CannotError{"There is nothing on this case to be done by hand."}
		}
		c.note(d.Now(), dec.By, "handled", "")
		return nil
	})
}

// Undo takes back what was approved or dismissed, as long as nothing went out.
func (d *Desk) Undo(ctx context.Context, id, by string) (Case, error) {
	return d.change(ctx, id, func(c *Case) error {
		if !c.CanUndo() {
			return &CannotError{"It is too late to undo: it is going out or has gone out."}
		}
		c.Actions = nil
		c.note(d.Now(), by, "undone", "")
		return nil
	})
}

// CanUndo reports whether the decision on the case can still be taken back.
func (c Case) CanUndo() bool {
	if len(c.Actions) == 0 {
		return false
	}
	for _, a := range c.Actions {
		switch {
		case a.State == Approved, a.State == Dismissed, a.State == Recorded:
		case a.State == Manual && a.Intent == nil && a.By != "":
		default:
			return false
		}
	}
	return true
}

// Reveal opens the words of a case's comment to a person, and records that.
func (d *Desk) Reveal(ctx context.Context, id, by string) (ingest.Content, error) {
	c, err := d.change(ctx, id, func(c *Case) error {
		c.note(d.Now(), by, Revealed, "")
		return nil
	})
	if err != nil {
		return ingest.Content{}, err
	}
	return d.Texts.Open(ctx, c.Comment.Key())
}

// errAsIs leaves a case as it is.
var errAsIs = errors.New("left as it is")

// change changes a case whatever happens around it: f sees the newest version,
// as often as it takes, and any error of it leaves the case alone.
func (d *Desk) change(ctx context.Context, id string, f func(*Case) error) (Case, error) {
	for {
		c, err := d.Cases.Get(ctx, id)
		if err != nil {
			return Case{}, err
		}
		if err := f(&c); err != nil {
			return c, err
		}
		c, err = d.Cases.Update(ctx, c)
		if err == nil {
			d.changed()
		}
		if !errors.Is(err, ErrConflict) {
			return c, err
		}
	}
}

func kinds(actions []Action) string {
	s := ""
	for i, a := range actions {
		if i > 0 {
			s += "+"
		}
		s += string(a.Kind)
	}
	return s
}

func word(kind ingest.ActionKind) string {
	switch kind {
	case ingest.Private:
		return "private message"
	case ingest.Hide:
		return "hiding"
	case ingest.TakeDown:
		return "take-down"
	}
	return "public reply"
}
