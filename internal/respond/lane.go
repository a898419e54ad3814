package respond

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/respond/draft"
)

// Loudness is how a lane calls people.
type Loudness string

// From loud to silent. Tells and pages say that there is a case, where and how
// old; never a word of it.
const (
	Pages  Loudness = "pages"  // a person, through quiet hours, until acknowledged
	Tells  Loudness = "tells"  // the on-call channel at once, grouped
	Hourly Loudness = "hourly" // the on-call channel, once an hour at most
	Digest Loudness = "digest" // in the daily summary
	Silent Loudness = "silent"
)

// Plan is what a lane means: what is suggested and how it alerts.
type Plan struct {
	Loudness Loudness
	Public   bool   // a public reply is suggested
	Private  bool   // a private message beside it, where the platform has one
	Hide     string // reason code for hiding after the reply; "" suggests none
}

// Plans is the right half of the lane table of the policy.
var Plans = map[Lane]Plan{
	LaneTakeDown:   {Loudness: Pages},
	LaneUrgent:     {Loudness: Pages, Public: true, Private: true},
	LaneLook:       {Loudness: Hourly},
	LaneRoutine:    {Loudness: Silent, Public: true},
	LaneIdentifier: {Loudness: Tells, Public: true, Private: true, Hide: "identifier"},
	LaneOther:      {Loudness: Tells, Public: true, Private: true, Hide: "other-person"},
	LaneClear:      {Loudness: Tells, Public: true, Private: true},
	LanePossible:   {Loudness: Digest, Public: true},
	LaneSample:     {Loudness: Silent},
}

// volume orders the loudnesses.
var volume = []Loudness{Silent, Digest, Hourly, Tells, Pages}

// Raises reports whether a lane may be given this loudness: what calls people may
// be raised and never lowered, and a sample calls nobody.
func (l Lane) Raises(to Loudness) bool {
	plan, known := Plans[l]
	return known && l != LaneSample && slices.Contains(volume, to) && slices.Index(volume, to) >= slices.Index(volume, plan.Loudness)
}

// Loudness is how a lane calls people here.
func (d *Desk) Loudness(l Lane) Loudness {
	if d.Rules != nil {
		if to := d.Rules().Louder[l]; l.Raises(to) {
			return to
		}
	}
	return Plans[l].Loudness
}

// Lanes lists all lanes in the order in which they want attention.
var Lanes = []Lane{LaneTakeDown, LaneUrgent, LaneIdentifier, LaneOther, LaneClear, LaneLook, LanePossible, LaneRoutine, LaneSample}

// place is the left half of the lane table: the first row that fits wins.
var placement = []struct {
	fits func(classify.Judgement) bool
	lane Lane
	low  bool
}{
	{fits: func(j classify.Judgement) bool { return j.Urgent }, lane: LaneUrgent},
	{fits: func(j classify.Judgement) bool { return !j.Judged && j.WhyNot == classify.NotMode }, lane: LaneRoutine},
	{fits: func(j classify.Judgement) bool { return !j.Judged }, lane: LaneLook},
	{fits: func(j classify.Judgement) bool { return j.Identifier }, lane: LaneIdentifier},
	{fits: func(j classify.Judgement) bool { return j.Level == classify.Clear && aboutAnother(j.Subject) }, lane: LaneOther},
	{fits: func(j classify.Judgement) bool { return j.Level == classify.Clear }, lane: LaneClear},
	{fits: func(j classify.Judgement) bool { return j.Level == classify.Possible && j.Ask != classify.AsksNothing }, lane: LanePossible},
	{fits: func(j classify.Judgement) bool { return j.Level == classify.Possible }, lane: LanePossible, low: true},
	{fits: func(j classify.Judgement) bool { return j.Ask == classify.AsksOwnCare }, lane: LanePossible},
}

func aboutAnother(s classify.Subject) bool {
	return s == classify.Family || s == classify.Other
}

// Place finds the lane of a judged comment of somebody else; ok is false when
// it opens no case. Low marks a case that waits behind the others of its lane.
func Place(j classify.Judgement) (lane Lane, low, ok bool) {
	for _, row := range placement {
		if row.fits(j) {
			return row.lane, row.low, true
		}
	}
	return "", false, false
}

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
	may := May(d.facts(c))
	if plan.Private && may.May(ingest.Private) {
		for draft, err := range d.safe(ctx, c, InboxDM) {
			if err != nil {
				return nil, err
			}
			s.Private = draft.Text
			break
		}
	}
	if plan.Hide != "" && may.May(ingest.Hide) {
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
