package respond

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"triage/internal/ingest"
)

// actions turns a decision into what is to be done, after asking the gate.
func (d *Desk) actions(ctx context.Context, c Case, dec Decision) ([]Action, error) {
	var out []Action
	add := func(kind ingest.ActionKind, text, reason string) error {
		if c.Done(kind) {
			return &CannotError{"This was done already, or may have been. One " + word(kind) + " per comment, for ever."}
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

// shadowed is why a decision is only recorded.
const shadowed = "posting is switched off: the decision is recorded and nothing goes out"

// action is an approved action in the state its account allows.
func (d *Desk) action(c Case, kind ingest.ActionKind, by string) Action {
	rules, now := d.Rules(), d.Now()
	a := Action{Kind: kind, By: by, State: Approved, Approved: now, Due: now.Add(rules.Window)}
	switch {
	case !d.can(c, kind):
		a.State, a.Why = Manual, "this cannot be done from here: please do it by hand on the platform, then mark it as handled"
		if kind == ingest.Reply && c.Comment.NoReply {
			a.Why = "the platform takes no reply to this from a program: please copy the text and answer there yourself, then mark it as handled"
		}
	case rules.Shadow:
		a.State, a.Why, a.Done = Recorded, shadowed, now
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
	content, err := d.Said(ctx, c)
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
	n, limit := caps.Count(kind, text)
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
	if c.Comment.Own {
		return nil
	}
	return &CannotError{"Only our own reply can be taken down."}
}

// kinds says in codes what was decided: "reply+hide:identifier", and of what
// does not go out from here in which state it is.
func kinds(actions []Action) string {
	parts := make([]string, len(actions))
	for i, a := range actions {
		parts[i] = string(a.Kind)
		if a.Reason != "" {
			parts[i] += ":" + a.Reason
		}
		if a.State != Approved {
			parts[i] += ":" + string(a.State)
		}
	}
	return strings.Join(parts, "+")
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
