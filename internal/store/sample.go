package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"triage/internal/bus"
	"triage/internal/classify"
	"triage/internal/respond"
)

// week is what was judged in a week, and who is picked of what was not flagged:
// those with the lowest draws, which is a uniform sample without anybody knowing
// beforehand how many there will be.
type week struct {
	// Monday is the day on which it began, by UTC.
	Monday    string `json:"monday"`
	Flagged   int    `json:"flagged"`
	Unflagged int    `json:"unflagged"`
	// Most is how many are picked. It does not change within a week: who was
	// passed over once has lost his chance.
	Most   int           `json:"most"`
	Picked []respond.Lot `json:"picked,omitempty"` // lowest first
	Drawn  time.Time     `json:"drawn,omitzero"`
}

// Key implements bus.Keyed.
func (w week) Key() string { return w.Monday }

// monday names the week of a time.
func monday(t time.Time) string {
	t = t.UTC()
	return t.AddDate(0, 0, -(int(t.Weekday())+6)%7).Format(time.DateOnly)
}

// over reports whether the week ended before now.
func (w week) over(now time.Time) bool { return w.Monday < monday(now) }

// add takes in a batch.
func (w *week) add(t respond.Tally) {
	if !w.Drawn.IsZero() {
		return // by a clock that was ahead of ours
	}
	w.Flagged, w.Unflagged = w.Flagged+t.Flagged, w.Unflagged+len(t.Unflagged)
	w.Picked = append(w.Picked, t.Unflagged...)
	slices.SortFunc(w.Picked, func(a, b respond.Lot) int { return cmp.Or(cmp.Compare(a.Draw, b.Draw), cmp.Compare(a.ID, b.ID)) })
	w.Picked = slices.Compact(w.Picked)
	w.Picked = w.Picked[:min(len(w.Picked), w.Most)]
}

// Samples are the weeks, by their Mondays.
type Samples struct{ bucket *bus.Bucket[week] }

// Tally implements respond.Desk's: it adds a batch to its week. A batch that
// comes twice, after a crash, picks the same and is counted twice, which makes
// the estimate of what is missed a little too high rather than too low.
func (s Samples) Tally(ctx context.Context, t respond.Tally) error {
	for {
		r, err := s.bucket.Get(ctx, monday(t.At))
		switch {
		case err == nil:
			r.Value.add(t)
			_, err = s.bucket.Update(ctx, r.Value, r.Revision)
		case errors.Is(err, bus.ErrNotFound):
			first := week{Monday: monday(t.At), Most: t.Most}
			first.add(t)
			_, err = s.bucket.Insert(ctx, first)
		}
		if !errors.Is(err, bus.ErrConflict) && !errors.Is(err, bus.ErrExists) {
			return err
		}
	}
}

// Judged counts what was judged in the week of a Monday, by UTC, and how much of it
// opened a case; known is false where nothing was counted.
func (s Samples) Judged(_ context.Context, monday string) (judged, flagged int, known bool, err error) {
	r, known := s.bucket.Peek(monday)
	return r.Value.Flagged + r.Value.Unflagged, r.Value.Flagged, known, nil
}

// picked reports whether a comment may be in a sample that is not drawn yet.
func (s Samples) picked(id string) bool {
	for _, r := range s.bucket.All() {
		if slices.ContainsFunc(r.Value.Picked, func(l respond.Lot) bool { return l.ID == id }) {
			return true
		}
	}
	return false
}

// Sampler opens what was picked in a week; respond.Desk is one.
type Sampler interface {
	OpenSample(ctx context.Context, week string, picked []classify.Verdict) error
}

// Draw opens the samples of the weeks that are over. Drawing twice is harmless.
func (s *Store) Draw(ctx context.Context, desk Sampler) error {
	for _, r := range s.Samples.bucket.All() {
		if w := r.Value; w.Drawn.IsZero() && w.over(s.now()) {
			if err := s.draw(ctx, desk, w, r.Revision); err != nil {
				return fmt.Errorf("draw the sample of %s: %w", w.Monday, err)
			}
		}
	}
	return nil
}

func (s *Store) draw(ctx context.Context, desk Sampler, w week, revision uint64) error {
	ids := make([]string, len(w.Picked))
	for i, l := range w.Picked {
		ids[i] = l.ID
	}
	newest, err := s.Verdicts.topic.LastOf(ctx, ids)
	if err != nil {
		return err
	}
	var picked []classify.Verdict
	for _, id := range ids {
		if v, known := newest[id]; known {
			picked = append(picked, v.Verdict)
		}
	}
	if err := desk.OpenSample(ctx, w.Monday, picked); err != nil {
		return err
	}
	w.Picked, w.Drawn = nil, s.now()
	_, err = s.Samples.bucket.Update(ctx, w, revision)
	return err
}

// Where a label comes from: Labelled.From.
const (
	FromDecision = "decision" // the comment was flagged, and somebody decided
	FromSample   = "sample"   // it was not, and was picked at random
)

// Labelled is one line of an export: a comment with the fields of the labelling
// guideline and what the classifier said of it then. It holds the patient's
// words.
type Labelled struct {
	ID   string `json:"id"`
	Text string `json:"text"`
	D    int    `json:"d"`
	// S and C are the classifier's, left out where the people's level is another.
	S    classify.Subject `json:"s,omitempty"`
	C    []classify.Kind  `json:"c,omitzero"`
	U    int              `json:"u"`
	P    int              `json:"p"`
	Lang string           `json:"lang"`
	From string           `json:"from"`
	// Said: somebody said so herself; else it follows from her decision.
	Said bool `json:"said"`
	// Week is the Monday of the week in which the comment came.
	Week string `json:"week"`
	// Weight is for how many comments of the weeks that have both kinds of labels
	// it stands; 0: for none.
	Weight  float64     `json:"weight,omitempty"`
	Verdict SaidByModel `json:"verdict"`
}

// SaidByModel is what the classifier said when the comment came.
type SaidByModel struct {
	Level      classify.Level `json:"level"`
	Score      float64        `json:"score"`
	Urgent     bool           `json:"urgent"`
	Identifier bool           `json:"identifier"`
	Judged     bool           `json:"judged"`
	Model      string         `json:"model"`
}

// ExportLabels writes what people said of comments, one a line, from the week of
// since on. What was erased is left out.
func (s *Store) ExportLabels(ctx context.Context, w io.Writer, since time.Time) error {
	var out []Labelled
	for light := range s.Cases.All() {
		if light.Erased != "" || light.Opened.Before(since.AddDate(0, 0, -7)) || s.Gone.Has(light.ID()) {
			continue
		}
		c, err := s.Cases.Get(ctx, light.ID())
		if err != nil {
			return fmt.Errorf("export labels: %w", err)
		}
		if c.Label == nil || !since.IsZero() && weekOf(c) < monday(since) {
			continue
		}
		content, err := s.Texts.Open(ctx, c.Comment.Key())
		if errors.Is(err, respond.ErrGone) {
			continue
		}
		if err != nil {
			return fmt.Errorf("export labels: %w", err)
		}
		out = append(out, labelled(c, content.Text))
	}
	s.Samples.weigh(out)
	slices.SortFunc(out, func(a, b Labelled) int { return cmp.Or(cmp.Compare(a.Week, b.Week), cmp.Compare(a.ID, b.ID)) })
	lines := json.NewEncoder(w)
	for _, l := range out {
		if err := lines.Encode(l); err != nil {
			return fmt.Errorf("export labels: %w", err)
		}
	}
	return nil
}

// weekOf is the week in which a case's comment was counted.
func weekOf(c respond.Case) string { return cmp.Or(c.Sampled, monday(c.Opened)) }

func labelled(c respond.Case, text string) Labelled {
	j, is := c.Judgement, c.Label
	l := Labelled{ID: c.ID(), Text: text, D: int(is.Level), U: number(is.Urgent), P: number(is.Identifier), Lang: j.Lang,
		From: FromDecision, Said: is.Said, Week: weekOf(c),
		Verdict: SaidByModel{Level: j.Level, Score: j.Score, Urgent: j.Urgent, Identifier: j.Identifier, Judged: j.Judged, Model: c.Model}}
	if c.Sampled != "" {
		l.From = FromSample
	}
	switch {
	case is.Level == classify.None:
		l.S, l.C = classify.Nobody, []classify.Kind{}
	case is.Level == j.Level:
		l.S, l.C = j.Subject, j.Kinds
	}
	return l
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

// weigh sets for how many comments each line stands: in the weeks whose sample
// somebody looked at, those not flagged are divided among the week's sample, and
// those flagged among the decisions.
func (s Samples) weigh(lines []Labelled) {
	sampled, decided, flagged := map[string]int{}, 0, 0
	for _, l := range lines {
		if l.From == FromSample {
			sampled[l.Week]++
		}
	}
	weeks := map[string]week{}
	for monday := range sampled {
		r, _ := s.bucket.Peek(monday)
		weeks[monday], flagged = r.Value, flagged+r.Value.Flagged
	}
	counts := func(l Labelled) bool { return l.Verdict.Judged && sampled[l.Week] > 0 }
	for _, l := range lines {
		if l.From == FromDecision && counts(l) {
			decided++
		}
	}
	for i := range lines {
		switch l := &lines[i]; {
		case l.From == FromSample:
			l.Weight = float64(weeks[l.Week].Unflagged) / float64(sampled[l.Week])
		case counts(*l):
			l.Weight = float64(flagged) / float64(decided)
		}
	}
}
