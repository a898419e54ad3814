package respond

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"go.uber.org/zap"

	"triage/internal/classify"
	"triage/internal/ingest"
)

// Machine is the name under which triage itself appears in a history.
const Machine = "triage"

// Errors that callers tell apart.
var (
	// ErrConflict: somebody else changed the case a moment before.
	ErrConflict = errors.New("the case was changed meanwhile")
	// ErrNotFound: there is no such case.
	ErrNotFound = errors.New("no such case")
	// ErrGone: the text was erased.
	ErrGone = errors.New("the text was erased")
)

// Cases is where cases live. Every method is safe for concurrent use.
type Cases interface {
	// Create stores the new ones among the cases; those that exist stay as they
	// are.
	Create(ctx context.Context, cases []Case) error
	// Get returns ErrNotFound where there is none.
	Get(ctx context.Context, id string) (Case, error)
	// Update stores c if its Revision is still the stored one, else ErrConflict.
	Update(ctx context.Context, c Case) (Case, error)
	// All goes over every case, in no order. They are shared: nobody changes
	// one, and their Revision is not set.
	All() iter.Seq[*Case]
}

// Texts keeps what people wrote, sealed.
type Texts interface {
	// Open returns ErrGone for a text that was erased.
	Open(ctx context.Context, key string) (ingest.Content, error)
	// Save seals an outgoing text. Saving it twice is harmless.
	Save(ctx context.Context, key, text string) error
}

// Account is one account on a platform, as far as replying is concerned.
type Account struct {
	// Actor is nil where nothing can be done from here, such as a file.
	Actor ingest.Actor
	// Lang is the language of replies whose comment's language has no wording.
	Lang string
}

// Desk opens cases and takes the decisions of people about them.
type Desk struct {
	Cases    Cases
	Texts    Texts
	Drafter  *Drafter
	Gate     *Gate
	Names    ingest.Namer
	Accounts map[string]Account
	// Newest tells the number of a comment's newest edit.
	Newest func(ctx context.Context, id string) (int, error)
	// Kept opens what a comment says, whether it has a case or not, or returns ErrGone;
	// nil: only cases are known.
	Kept func(ctx context.Context, id string) (ingest.Content, error)
	// MayOverride reports whether a user may let out what the gate refuses, as her role is
	// now; nil: whoever proposed it still may.
	MayOverride func(ctx context.Context, user string) bool
	// Rules are read at each use: they may change meanwhile.
	Rules func() Rules
	// Erased reports whether a comment was erased: nothing is done about it any
	// more. nil: none ever was.
	Erased func(id string) bool
	// Tally counts what was judged, for the weekly sample; nil: there is none.
	Tally func(ctx context.Context, t Tally) error
	// Audited tells up to which number the entries of a case are in the audit;
	// nil: none is, and every entry stays in its case.
	Audited func(ctx context.Context, id string) int
	Log     *zap.Logger
	// Now is the clock.
	Now func() time.Time
	// Changed, if set, is called after every change, to wake who acts on it.
	Changed func()
}

// Take opens cases for a batch of verdicts by the lane table. A verdict that
// comes twice finds the first case; one about an edited comment puts the new
// version in place of the old if nothing went out yet.
func (d *Desk) Take(ctx context.Context, batch []classify.Verdict) error {
	answered := map[string]bool{}
	var fresh []Case
	for _, v := range newest(batch) {
		if d.WasErased(v.Comment.ID) {
			continue
		}
		if v.Comment.Own {
			if err := d.takeOwn(ctx, v.Comment, answered); err != nil {
				return err
			}
			continue
		}
		c, ok, err := d.open(ctx, v)
		if err != nil {
			return err
		}
		if ok {
			fresh = append(fresh, c)
		}
	}
	fresh = slices.DeleteFunc(fresh, func(c Case) bool { return answered[c.ID()] && !c.pressing() })
	for i := range fresh {
		if c := &fresh[i]; answered[c.ID()] {
			c.settleAnswered(d.Now())
		}
	}
	if err := d.automatic(ctx, fresh); err != nil {
		return err
	}
	if err := d.create(ctx, fresh); err != nil {
		return err
	}
	return d.tally(ctx, batch)
}

// create stores new cases. An erasure of this moment finds them or is found.
func (d *Desk) create(ctx context.Context, fresh []Case) error {
	if len(fresh) == 0 {
		return nil
	}
	if err := d.Cases.Create(ctx, fresh); err != nil {
		return fmt.Errorf("open cases: %w", err)
	}
	for _, c := range fresh {
		d.Log.Info("case opened", zap.String("case", c.ID()), zap.String("lane", string(c.Lane)))
		if d.WasErased(c.ID()) {
			if err := d.Erase(ctx, Erasure{Comment: c.ID(), By: Machine, Why: WhyRequest}); err != nil {
				return err
			}
		}
	}
	d.changed()
	return nil
}

// NotHandled is classify.Judgement.WhyNot where the event of a comment could
// not be processed, however often it was tried.
const NotHandled = "unhandled"

// TakeDead opens a case, for a person to look, of a comment whose event could
// not be processed. comment is nil where nothing but the id is known. A case
// that exists stays, unless this is about a newer version of its comment.
func (d *Desk) TakeDead(ctx context.Context, id string, comment *ingest.Comment) error {
	if d.WasErased(id) {
		return nil
	}
	v := classify.Verdict{Comment: ingest.Comment{ID: id}, Judgement: classify.Judgement{WhyNot: NotHandled}}
	if comment != nil {
		v.Comment = *comment
	}
	old, err := d.Cases.Get(ctx, id)
	switch {
	case errors.Is(err, ErrNotFound):
		c := Case{Comment: v.Comment, Judgement: v.Judgement, Lane: LaneLook, Opened: d.Now()}
		c.Note(d.Now(), Machine, "opened", string(c.Lane))
		return d.create(ctx, []Case{c})
	case err != nil:
		return fmt.Errorf("open case: %w", err)
	case v.Comment.Edit > old.Comment.Edit && !old.scrubbed():
		return d.revise(ctx, old, v)
	}
	return nil
}

// newest leaves out the verdicts that another of the batch has overtaken.
func newest(batch []classify.Verdict) []classify.Verdict {
	last := map[string]int{}
	for _, v := range batch {
		last[v.Comment.ID] = max(last[v.Comment.ID], v.Comment.Edit)
	}
	out := make([]classify.Verdict, 0, len(batch))
	for _, v := range batch {
		if v.Comment.Edit == last[v.Comment.ID] {
			out = append(out, v)
		}
	}
	return out
}

// open makes the case of a verdict. It returns ok=false where none is to be
// created: the comment needs none, or has one already.
func (d *Desk) open(ctx context.Context, v classify.Verdict) (Case, bool, error) {
	old, err := d.Cases.Get(ctx, v.Comment.ID)
	switch {
	case err == nil && (v.Comment.Edit <= old.Comment.Edit || old.scrubbed()):
		return Case{}, false, nil // seen before, overtaken or erased
	case err == nil:
		return Case{}, false, d.revise(ctx, old, v)
	case !errors.Is(err, ErrNotFound):
		return Case{}, false, fmt.Errorf("open case: %w", err)
	}
	lane, low, ok := Place(v.Judgement)
	if !ok {
		return Case{}, false, nil
	}
	newest, err := d.Newest(ctx, v.Comment.ID)
	if err != nil {
		return Case{}, false, fmt.Errorf("open case: %w", err)
	}
	if newest > v.Comment.Edit { // delivered late: what it says now decides
		return Case{}, false, nil
	}
	c := Case{Comment: v.Comment, Judgement: v.Judgement, Model: v.Model, Lane: lane, Low: low, Opened: d.Now()}
	c.Note(d.Now(), Machine, "opened", string(lane))
	c.Suggestion, err = d.suggest(ctx, c)
	return c, err == nil, err
}

// revise puts an edited comment in place of the version the case was about.
// What was approved for the old words does not go out; what went out already
// stays, and a person is asked to look again.
func (d *Desk) revise(ctx context.Context, c Case, v classify.Verdict) error {
	lane, low, ok := Place(v.Judgement)
	if c.Lane == LaneUrgent && !c.Settled() { // that somebody needed help is not edited away: a person closes it
		lane, low, ok = LaneUrgent, false, true
	}
	c.Comment, c.Judgement, c.Model, c.Label, c.Erased = v.Comment, v.Judgement, v.Model, nil, ""
	c.Note(d.Now(), Machine, "edited", string(lane))
	c.TakeBack("the comment was edited after this was approved", d.Now())
	if ok && lane != c.Lane {
		c.Entered = d.Now()
	}
	switch {
	case c.acted():
		if ok {
			c.Lane, c.Low = lane, low
			c.Actions = append(c.Actions, Action{Kind: ingest.Reply, State: Withdrawn, Look: true, Done: d.Now(),
				Why: "the comment was edited after our reply: look whether anything is to be done"})
		}
	case ok:
		c.Lane, c.Low, c.Actions = lane, low, nil
	case c.Lane == LaneSample: // to be looked at as it is now
		c.Actions = nil
	default:
		c.Actions = []Action{{Kind: ingest.Reply, State: Withdrawn, Done: d.Now(),
			Why: "the comment was edited and reveals nothing any more"}}
	}
	var err error
	if c.Suggestion, err = d.suggest(ctx, c); err != nil {
		return err
	}
	if _, err = d.Cases.Update(ctx, c); err != nil {
		return fmt.Errorf("revise case: %w", err)
	}
	d.changed()
	return nil
}

// Said opens the words of a case's comment; ErrGone: they were erased, or never
// known.
func (d *Desk) Said(ctx context.Context, c Case) (ingest.Content, error) {
	if c.Erased != "" || c.Comment.Version == "" {
		return ingest.Content{}, ErrGone
	}
	return d.Texts.Open(ctx, c.Comment.Key())
}

// Store stores c if nobody changed the case since it was read, and wakes who acts
// on it; else it returns ErrConflict.
func (d *Desk) Store(ctx context.Context, c Case) (Case, error) {
	c, err := d.Cases.Update(ctx, c)
	if err == nil {
		d.changed()
	}
	return c, err
}

// WasErased reports whether the comment with this id was erased: nothing is done
// about it any more.
func (d *Desk) WasErased(id string) bool { return d.Erased != nil && d.Erased(id) }

func (d *Desk) changed() {
	if d.Changed != nil {
		d.Changed()
	}
}

// unlessGone lets an erased text be no error.
func (d *Desk) unlessGone(op string, err error) error {
	if errors.Is(err, ErrGone) {
		return nil
	}
	return fmt.Errorf("%s: %w", op, err)
}
