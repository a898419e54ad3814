package respond

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"triage/internal/ingest"
	"triage/internal/respond/gate"
)

// Assign gives a case to a user to look after, or with an empty name to nobody in
// particular. It decides nothing and holds up nobody who does. Whoever calls it has
// seen to it that there is such a user.
func (d *Desk) Assign(ctx context.Context, id, to, by string) (Case, error) {
	c, err := d.Change(ctx, id, func(c *Case) error {
		if c.Assignee == to {
			return errAsIs
		}
		c.Assignee = to
		c.Note(d.Now(), by, Assigned, to)
		return nil
	})
	if errors.Is(err, errAsIs) {
		return c, nil
	}
	return c, err
}

// Note is what somebody wrote on a case for her colleagues.
type Note struct {
	At time.Time `json:"at"`
	By string    `json:"by"`
	// Text refers to what it says, sealed under this key.
	Text string `json:"text"`
}

// OpenNote is a note with its words; empty: they were erased.
type OpenNote struct {
	Note
	Words string
}

// KindNote stands for a note where a kind of text is asked for (Desk.Problems).
const KindNote ingest.ActionKind = "note"

// NoteMost is how many characters a note has at most, and NotesMost how many of them
// a case has.
const (
	NoteMost  = 1000
	NotesMost = 20
)

// AddNote seals a note with the case's other texts, with which it is erased; the
// history holds only that there was one. It is no step. A note must not repeat what
// the comment says of anybody's health: then it is a RefusedError.
func (d *Desk) AddNote(ctx context.Context, id, text, by string) (Case, error) {
	c, err := d.Cases.Get(ctx, id)
	if err != nil {
		return Case{}, err
	}
	text = strings.TrimSpace(text)
	if err := c.takesNote(text); err != nil {
		return c, err
	}
	problems, err := d.Problems(ctx, c, KindNote, text)
	if err != nil {
		return c, err
	}
	if len(problems) > 0 {
		return c, &RefusedError{Kind: KindNote, Problems: problems}
	}
	key := d.textKey(c, string(KindNote), text)
	if err := d.Texts.Save(ctx, key, text); err != nil {
		return c, fmt.Errorf("keep a note: %w", err)
	}
	return d.Change(ctx, id, func(c *Case) error {
		if err := c.takesNote(text); err != nil {
			return err
		}
		c.Notes = append(slices.Clip(c.Notes), Note{At: d.Now(), By: by, Text: key})
		c.Note(d.Now(), by, NoteLeft, "")
		return nil
	})
}

func (c *Case) takesNote(text string) error {
	switch {
	case text == "":
		return &CannotError{"The note is empty: write it first."}
	case c.Erased != "":
		return &CannotError{"The words of this case were erased, and nothing more is written on it."}
	case len(c.Notes) >= NotesMost:
		return &CannotError{fmt.Sprintf("There are %d notes on this case, and no more fit. Talk to each other.", NotesMost)}
	}
	return nil
}

// Notes opens the notes of a case, oldest first.
func (d *Desk) Notes(ctx context.Context, c Case) ([]OpenNote, error) {
	var out []OpenNote
	for _, n := range c.Notes {
		said, err := d.Texts.Open(ctx, n.Text)
		if err != nil && !errors.Is(err, ErrGone) {
			return nil, fmt.Errorf("open a note: %w", err)
		}
		out = append(out, OpenNote{n, said.Text})
	}
	return out, nil
}

// noteRules are those of the gate that hold for a note, which nobody outside reads:
// colleagues may be named in it and days agreed, but it repeats nothing about
// anybody's health and leads to nobody.
var noteRules = []string{gate.RuleHidden, gate.RuleLanguage, "identifier", "repeats", "health"}

func inNotes(problems []Problem, text string) []Problem {
	problems = slices.DeleteFunc(problems, func(p Problem) bool { return !slices.Contains(noteRules, p.Rule) })
	if n := utf8.RuneCountInString(text); n > NoteMost {
		problems = append(problems, Problem{Rule: "length", Start: 0, End: len(text),
			Why: fmt.Sprintf("A note takes %d characters and this has %d. Shorten it.", NoteMost, n)})
	}
	return problems
}

// Result is what became of one of several cases. Err is nil where it was done;
// ErrConflict where somebody was faster; a CannotError where it may not be done, or
// not together with others.
type Result struct {
	Case string
	Err  error
}

// TogetherMost is how many cases are decided at once at most.
const TogetherMost = 100

// DismissAll decides that nothing is to be done about several cases. Each is decided
// for itself, with its own entry and label; what needs a look of its own is left
// out (see Result).
func (d *Desk) DismissAll(ctx context.Context, all []Decision) []Result {
	out := make([]Result, len(all))
	for i, dec := range all {
		out[i] = Result{dec.Case, d.dismissTogether(ctx, i, dec)}
	}
	return out
}

var errTooMany = &CannotError{fmt.Sprintf("At most %d cases can be decided at once: do the rest after.", TogetherMost)}

func (d *Desk) dismissTogether(ctx context.Context, i int, dec Decision) error {
	if i >= TogetherMost {
		return errTooMany
	}
	c, err := d.Cases.Get(ctx, dec.Case)
	if err != nil {
		return err
	}
	if err := dec.fits(&c); err != nil {
		return err
	}
	if why := c.Alone(); why != "" {
		return &CannotError{why}
	}
	dec.Step, dec.Override, dec.Note = c.Step(), "", ""
	_, err = d.Dismiss(ctx, dec)
	return err
}

// Alone says why a case is not dismissed together with others; empty: it may be.
func (c Case) Alone() string {
	_, proposed := c.Proposed()
	switch {
	case c.Lane == LaneUrgent:
		return "Somebody may need help now: open it and decide on it alone."
	case c.Comment.Own:
		return "These are our own words: open it and decide on it alone."
	case c.Lane == LaneSample:
		return "It is of the weekly sample: open it and say what it is."
	case len(c.Actions) > 0:
		return "Something was done or tried here before: open it and look."
	case proposed:
		return "A colleague proposed something here: open it and look."
	}
	return ""
}

// UndoAll takes back what by dismissed, of several cases: of each only if nothing
// happened to it since. Else it is ErrConflict.
func (d *Desk) UndoAll(ctx context.Context, ids []string, by string) []Result {
	out := make([]Result, len(ids))
	for i, id := range ids {
		if out[i] = (Result{id, errTooMany}); i >= TogetherMost {
			continue
		}
		_, out[i].Err = d.Change(ctx, id, func(c *Case) error {
			if last := c.Last(); last.Do != "dismissed" || last.By != by {
				return ErrConflict
			}
			return c.undo(by, d.Now())
		})
	}
	return out
}

type orderKey struct{}

// Ordered says of what is done with the context it returns that by.By ordered it by
// a command: every entry that she makes in a history tells by.OS and by.From too.
func Ordered(ctx context.Context, by Entry) context.Context {
	return context.WithValue(ctx, orderKey{}, by)
}

func ordered(ctx context.Context, made []Entry) {
	by, ok := ctx.Value(orderKey{}).(Entry)
	for i := range made {
		if ok && made[i].By == by.By {
			made[i].OS, made[i].From = by.OS, by.From
		}
	}
}
