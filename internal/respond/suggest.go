package respond

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/respond/draft"
	"triage/internal/respond/may"
)

// suggest finds wordings for a case that pass the gate beside its comment. No
// suggestion is an answer too: then a person writes.
func (d *Desk) suggest(ctx context.Context, c Case) (*Suggestion, error) {
	plan := Plans[c.Lane]
	if !plan.Public {
		return nil, nil
	}
	s := &Suggestion{Lang: d.lang(c)}
	for draft, err := range d.safe(ctx, c, Public) {
		if err != nil {
			return nil, err
		}
		s.Template, s.Variant, s.Text = draft.Template, draft.Variant, draft.Text
		break
	}
	if s.Text == "" {
		return nil, nil
	}
	possible := may.About(d.facts(c))
	if plan.Private && possible.May(ingest.Private) {
		for draft, err := range d.safe(ctx, c, InboxDM) {
			if err != nil {
				return nil, err
			}
			s.Private = draft.Text
			break
		}
	}
	if plan.Hide != "" && possible.May(ingest.Hide) {
		s.Hide = plan.Hide
	}
	return s, nil
}

// Variants are the wordings that may be said on a case, the best one first.
func (d *Desk) Variants(ctx context.Context, c Case, ch Channel) ([]Draft, error) {
	var out []Draft
	for draft, err := range d.safe(ctx, c, ch) {
		if err != nil {
			return nil, err
		}
		out = append(out, draft)
	}
	return out, nil
}

// safe goes over the wordings that may be said on a case: drafted without its
// comment, then each held by the gate against it.
func (d *Desk) safe(ctx context.Context, c Case, ch Channel) iter.Seq2[Draft, error] {
	return func(yield func(Draft, error) bool) {
		content, err := d.Said(ctx, c)
		if err != nil && !errors.Is(err, ErrGone) {
			yield(Draft{}, fmt.Errorf("draft: %w", err))
			return
		}
		brief := draft.Brief{Platform: c.Comment.Platform, Lang: d.lang(c), Lane: string(c.Lane), Channel: ch, Case: c.ID()}
		for _, w := range d.Drafter.Drafts(brief) {
			problems := d.Gate.Check(Outgoing{Text: w.Text, Comment: content.Text, Platform: brief.Platform})
			if len(problems) == 0 && !yield(w, nil) {
				return
			}
		}
	}
}

// lang is the language to answer in.
func (d *Desk) lang(c Case) string {
	if c.Judgement.Judged && c.Judgement.Lang != "" {
		return c.Judgement.Lang
	}
	return d.Accounts[c.Comment.Account].Lang
}

// notAutomatic are the lanes whose cases always wait for a person, and why.
var notAutomatic = map[Lane]string{
	LaneTakeDown:   "our own words are at stake, and nothing is suggested there",
	LaneUrgent:     "somebody may need help now, so a person answers",
	LaneIdentifier: "it shows who somebody is: a person decides what is hidden",
	LaneOther:      "it is about somebody else: a person decides what is hidden",
	LaneLook:       "it could not be judged, and nothing is suggested there",
	LaneRoutine:    "nothing is judged there, so somebody who needs help now would get a routine reply",
	LaneSample:     "it only asks people what we miss",
}

// Automates returns why nothing may ever go out from a lane without a person; nil:
// it may, where the practice says so.
func (l Lane) Automates() error {
	if _, known := Plans[l]; !known {
		return fmt.Errorf("%q is no lane: write %q or %q", l, LanePossible, LaneClear)
	}
	if why, never := notAutomatic[l]; never {
		return fmt.Errorf("the lane %q always waits for a person: %s; write %q or %q", l, why, LanePossible, LaneClear)
	}
	return nil
}

// How sure the classifier is where nobody looks, as a probability that the comment
// is a clear disclosure; and how old a comment may be: after a long stop, old ones
// are for people.
const (
	surelyClear    = 0.9
	surelyNotClear = 0.25
	oldest         = 24 * time.Hour
)

// automatic approves what is suggested for those of fresh cases whose lane the
// practice switched on, where nothing is doubtful. Everything else waits for a
// person, as without it.
func (d *Desk) automatic(ctx context.Context, fresh []Case) error {
	if rules := d.Rules(); rules.Shadow || len(rules.Automatic) == 0 {
		return nil
	}
	var before []*Case // of this practice and of this batch, approved by nobody
	for i := range fresh {
		c := &fresh[i]
		if !d.sure(c) {
			continue
		}
		if before == nil {
			before = d.unattended()
		}
		again, err := d.again(ctx, c, before)
		if err != nil {
			return err
		}
		if again {
			continue
		}
		if err := d.approveItself(ctx, c); err != nil {
			return err
		}
		before = append(before, c)
	}
	return nil
}

// approveItself approves what is suggested for a case; whatever stands against it
// leaves the case to a person.
func (d *Desk) approveItself(ctx context.Context, c *Case) error {
	actions, err := d.actions(ctx, *c, Decision{Reply: c.Suggestion.Text, Private: c.Suggestion.Private, By: Machine})
	var refused *RefusedError
	var cannot *CannotError
	switch {
	case errors.As(err, &refused), errors.As(err, &cannot):
		return nil
	case err != nil:
		return fmt.Errorf("approve automatically: %w", err)
	}
	for _, a := range actions {
		if a.State != Approved {
			return nil
		}
	}
	c.Actions = actions
	c.Note(d.Now(), Machine, Automatic, kinds(actions))
	return nil
}

// sure reports whether nothing about a case is doubtful.
func (d *Desk) sure(c *Case) bool {
	m, j, s, rules := c.Comment, c.Judgement, c.Suggestion, d.Rules()
	switch {
	case !rules.Automatic[c.Lane], c.Lane.Automates() != nil, len(c.Actions) > 0,
		s == nil || s.Hide != "" || !strings.Contains(s.Template, "."+base(s.Lang)+"."), // in another language than it was asked
		m.Own || m.Edit > 0 || m.Media || m.Truncated || m.Hidden || m.Unjudged,
		d.Now().Sub(m.Created) > oldest,
		!j.Judged || j.Urgent || j.Identifier,
		j.Level == classify.Clear && j.Score < surelyClear, j.Level != classify.Clear && j.Score > surelyNotClear:
		return false
	}
	for _, a := range d.May(*c).Of(ingest.Reply) {
		if !a.May || a.Code != "" && a.Code != may.CodeQuiet {
			return false
		}
	}
	return true
}

// base is a language without its country.
func base(lang string) string {
	lang, _, _ = strings.Cut(lang, "-")
	return lang
}

// unattended are the cases on which a public reply went or goes out that nobody
// looked at.
func (d *Desk) unattended() []*Case {
	out := []*Case{}
	for c := range d.Cases.All() {
		for _, a := range c.Actions {
			if a.Kind == ingest.Reply && a.By == Machine && a.State != Withdrawn && a.State != Failed {
				out = append(out, c)
			}
		}
	}
	return out
}

// again reports whether the author of a comment was, or may have been, answered by
// nobody before in the same thread. Who that is stands in the sealed texts only.
func (d *Desk) again(ctx context.Context, c *Case, before []*Case) (bool, error) {
	for _, o := range before {
		if o.Comment.Account != c.Comment.Account || o.Comment.Thread != c.Comment.Thread || o.ID() == c.ID() {
			continue
		}
		one, err := d.author(ctx, *c)
		if err != nil {
			return false, err
		}
		other, err := d.author(ctx, *o)
		if err != nil || one == "" || other == "" || one == other {
			return true, err
		}
	}
	return false, nil
}

// Twice reports whether the author of a case's comment was answered by nobody before
// in the same thread. It is asked again before something goes out that nobody
// approved: two processes may have approved at the same moment.
func (d *Desk) Twice(ctx context.Context, c Case) (bool, error) {
	went := slices.DeleteFunc(d.unattended(), func(o *Case) bool { return !o.acted() })
	return d.again(ctx, &c, went)
}

// author is the platform's id of who wrote a case's comment; empty: it is not known
// any more.
func (d *Desk) author(ctx context.Context, c Case) (string, error) {
	content, err := d.Said(ctx, c)
	if errors.Is(err, ErrGone) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("approve automatically: %w", err)
	}
	return content.AuthorID, nil
}
