package respond

import (
	"context"
	"fmt"
	"slices"
	"time"

	"triage/internal/classify"
	"triage/internal/ingest"
)

// Label is what people said a comment is, in the terms of the labelling
// guideline: what the classifier learns from and is measured by.
type Label struct {
	Level      classify.Level `json:"level"`
	Urgent     bool           `json:"urgent,omitempty"`
	Identifier bool           `json:"identifier,omitempty"`
	// Said: somebody said so herself. Else it follows from what was decided:
	// approving a reply agrees with the classifier, dismissing says none.
	Said bool      `json:"said,omitempty"`
	By   string    `json:"by"`
	At   time.Time `json:"at"`
}

// codes is the label as the history and the audit have it: "clear+urgent".
func (l Label) codes() string {
	out := l.Level.String()
	if l.Urgent {
		out += "+urgent"
	}
	if l.Identifier {
		out += "+identifier"
	}
	return out
}

// Label takes somebody's word on what a case's comment is; by says who, and of a
// command also OS and From. It decides nothing about the case, unless that is of
// a sample: then nothing is to be done, or the case goes to the lane it should
// have been in.
func (d *Desk) Label(ctx context.Context, id string, l Label, by Entry) (Case, error) {
	return d.Change(ctx, id, func(c *Case) (err error) {
		if !c.CanLabel() {
			return &CannotError{"This comment cannot be labelled: it is our own, was erased, or is on a platform whose terms forbid judging it."}
		}
		before := len(c.History)
		l.Said, l.By, l.At = true, by.By, d.Now()
		c.Label = &l
		c.Note(d.Now(), by.By, Labelled, l.codes())
		if is := c.Judgement; l.Level != is.Level || l.Urgent || l.Identifier { // no longer without doubt
			c.stopAutomatic(d.Now())
		}
		if c.Lane == LaneSample && c.Open() {
			err = d.checked(ctx, c)
		}
		for i := range c.History[before:] {
			c.History[before+i].OS, c.History[before+i].From = by.OS, by.From
		}
		return err
	})
}

// stopAutomatic withdraws what goes out by itself: somebody said that the comment is
// something else than what that was for.
func (c *Case) stopAutomatic(now time.Time) {
	if slices.ContainsFunc(c.Actions, func(a Action) bool { return a.pending() && a.By == Machine }) {
		c.TakeBack("somebody said that the comment is something else than this was approved for: look what is to be said", now)
	}
}

// checked settles a case of a sample by its label.
func (d *Desk) checked(ctx context.Context, c *Case) (err error) {
	is := c.Judgement
	is.Level, is.Urgent, is.Identifier = c.Label.Level, c.Label.Urgent, c.Label.Identifier
	lane, low, flagged := Place(is)
	if !flagged {
		c.Actions = []Action{{Kind: ingest.Reply, State: Dismissed, By: c.Label.By, Done: d.Now()}}
		c.Note(d.Now(), c.Label.By, "dismissed", "")
		return nil
	}
	c.Lane, c.Low = lane, low
	c.Note(d.Now(), c.Label.By, "moved", string(lane))
	c.Suggestion, err = d.suggest(ctx, *c)
	return err
}

// CanLabel reports whether people may say what the case's comment is.
func (c *Case) CanLabel() bool {
	return c.Erased == "" && !c.Comment.Own && c.Judgement.WhyNot != classify.NotMode
}

// follows takes the label that follows from a decision, unless somebody said
// another.
func (c *Case) follows(l Label) {
	if c.CanLabel() && (c.Label == nil || !c.Label.Said) {
		c.Label = &l
	}
}

// Outcome is what became of a conversation, by its code.
type Outcome struct {
	Code string    `json:"code"`
	By   string    `json:"by"`
	At   time.Time `json:"at"`
}

// The outcomes of a conversation: what became of it after our reply, as far as can
// be said without a word about anybody's health.
const (
	Reached  = "reached"   // we spoke or wrote in a private place
	Booked   = "booked"    // a consultation was booked
	NoAnswer = "no-answer" // nothing came back
	Declined = "declined"  // the person did not want to
)

// Outcomes lists the outcomes, in the order in which they are offered.
var Outcomes = []string{Reached, Booked, NoAnswer, Declined}

// CanOutcome reports whether there is something whose outcome can be recorded: a
// reply or a private message went out, from here or by hand.
func (c Case) CanOutcome() bool {
	return slices.ContainsFunc(c.Actions, func(a Action) bool {
		said := a.Kind == ingest.Reply || a.Kind == ingest.Private
		return said && (a.State == Sent || a.State == Dismissed && !a.Approved.IsZero())
	})
}

// Outcome records what became of the conversation; a later one takes its place.
// It is no step: nobody who decides meanwhile is held up by it.
func (d *Desk) Outcome(ctx context.Context, id, code, by string) (Case, error) {
	return d.Change(ctx, id, func(c *Case) error {
		if !slices.Contains(Outcomes, code) || !c.CanOutcome() {
			return &CannotError{"An outcome is recorded after a reply went out: choose one of those offered."}
		}
		c.Outcome = &Outcome{Code: code, By: by, At: d.Now()}
		c.Note(d.Now(), by, Outcomed, code)
		return nil
	})
}

// Tally is what a batch of judged comments adds to its week.
type Tally struct {
	At time.Time
	// Flagged counts the comments that open a case.
	Flagged int
	// Unflagged are the others, each with its lot.
	Unflagged []Lot
	// Most is how many of them a week are picked.
	Most int
}

// Lot is a comment in the draw. Draw is a keyed hash: nobody outside can choose
// a comment that is picked, and it comes out the same however often it is drawn.
type Lot struct {
	ID   string `json:"id"`
	Draw string `json:"draw"`
}

// tally counts comments of others, each at its first version.
func (d *Desk) tally(ctx context.Context, batch []classify.Verdict) error {
	if d.Tally == nil || d.Rules().Sample == 0 {
		return nil
	}
	t := Tally{At: d.Now(), Most: d.Rules().Sample}
	for _, v := range batch {
		id := v.Comment.ID
		switch {
		case v.Comment.Own || v.Comment.Edit > 0 || !v.Judged || d.WasErased(id):
		case flagged(v):
			t.Flagged++
		default:
			t.Unflagged = append(t.Unflagged, Lot{ID: id, Draw: d.Names.Version("lot " + id)})
		}
	}
	if t.Flagged+len(t.Unflagged) == 0 {
		return nil
	}
	if err := d.Tally(ctx, t); err != nil {
		return fmt.Errorf("count the week: %w", err)
	}
	return nil
}

func flagged(v classify.Verdict) bool {
	_, _, ok := Place(v.Judgement)
	return ok
}

// OpenSample opens the cases of a week's sample, those first in the draw first:
// a person is asked whether she would have wanted to see the comment. What was
// flagged or erased since is left out.
func (d *Desk) OpenSample(ctx context.Context, week string, picked []classify.Verdict) error {
	var fresh []Case
	for _, v := range picked[:min(len(picked), d.Rules().Sample)] {
		if !v.Judged || flagged(v) || d.WasErased(v.Comment.ID) {
			continue
		}
		c := Case{Comment: v.Comment, Judgement: v.Judgement, Model: v.Model, Lane: LaneSample, Sampled: week, Opened: d.Now()}
		c.Note(d.Now(), Machine, "opened", string(c.Lane))
		fresh = append(fresh, c)
	}
	return d.create(ctx, fresh)
}
