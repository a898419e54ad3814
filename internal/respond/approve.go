package respond

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"triage/internal/ingest"
	"triage/internal/respond/may"
)

// actions turns a decision into what is to be done, after asking whether it may be
// and what the gate says.
func (d *Desk) actions(ctx context.Context, c Case, dec Decision) ([]Action, error) {
	possible := may.About(d.facts(c))
	var out []Action
	for _, want := range dec.wants() {
		stop, stopped := possible.Stop(want.kind)
		if stopped && !stop.ByHand() {
			return nil, &CannotError{stop.Why + untick(want.kind, dec.second == "" && dec.Reply != "" && possible.May(ingest.Reply))}
		}
		if _, known := hideReasons[want.reason]; want.kind == ingest.Hide && !known {
			return nil, &CannotError{"Hiding needs a privacy reason. Criticism is never one."}
		}
		a := d.action(want.kind, dec.By, stop)
		a.Reason, a.Second = want.reason, dec.second
		if want.text != "" {
			over, err := d.passes(ctx, c, want, dec.Override)
			if err != nil {
				return nil, err
			}
			a.Override = over
			a.Text = d.textKey(c, "say-"+string(want.kind), want.text)
			if err := d.Texts.Save(ctx, a.Text, want.text); err != nil {
				return nil, fmt.Errorf("approve: keep the text: %w", err)
			}
		}
		out = append(out, a)
	}
	if len(out) == 0 {
		return nil, &CannotError{"There is nothing to approve: write a reply, or choose “not sensitive”."}
	}
	return out, nil
}

// wanted is one thing that a decision wants done.
type wanted struct {
	kind         ingest.ActionKind
	text, reason string
}

func (dec Decision) wants() []wanted {
	var out []wanted
	if dec.Reply != "" {
		out = append(out, wanted{kind: ingest.Reply, text: dec.Reply})
	}
	if dec.Private != "" {
		out = append(out, wanted{kind: ingest.Private, text: dec.Private})
	}
	if dec.Hide != "" {
		out = append(out, wanted{kind: ingest.Hide, reason: dec.Hide})
	}
	if dec.TakeDown {
		out = append(out, wanted{kind: ingest.TakeDown})
	}
	return out
}

// untick says what to do about a part of a decision that cannot be carried out, where
// there is a rest that can.
func untick(kind ingest.ActionKind, rest bool) string {
	if rest && (kind == ingest.Private || kind == ingest.Hide) {
		return " Untick it and approve the rest."
	}
	return ""
}

// textKey names a text of ours on a case; it changes with the words.
func (d *Desk) textKey(c Case, what, text string) string {
	return c.ID() + "." + what + "." + d.Names.Version(text)
}

// shadowed is why a decision is only recorded.
const shadowed = "posting is switched off: the decision is recorded and nothing goes out"

// action is an approved action in the state that its account and the rules allow.
func (d *Desk) action(kind ingest.ActionKind, by string, stop Answer) Action {
	rules, now := d.Rules(), d.Now()
	a := Action{Kind: kind, By: by, State: Approved, Approved: now, Due: now.Add(rules.Window)}
	switch {
	case stop.ByHand():
		a.State, a.Why = Manual, may.ByHand(stop.Code)
	case rules.Shadow:
		a.State, a.Why, a.Done = Recorded, shadowed, now
	}
	return a
}

// passes holds a text against the gate and the platform's length. It returns the
// code of the override with which alone it may go out; empty: it needs none.
func (d *Desk) passes(ctx context.Context, c Case, want wanted, override string) (string, error) {
	problems, err := d.Problems(ctx, c, want.kind, want.text)
	if err != nil || len(problems) == 0 {
		return "", err
	}
	if stops := Stops(problems, override); len(stops) > 0 {
		return "", &RefusedError{Kind: want.kind, Problems: stops}
	}
	return override, nil
}

// Stops are those of the gate's problems that keep a text from going out. With an
// override, which is for this very text, only those do that nobody may override:
// a text with hidden characters is not what its reader sees, and one that is too
// long is cut by the platform.
func Stops(problems []Problem, override string) []Problem {
	if override == "" {
		return problems
	}
	return slices.DeleteFunc(slices.Clone(problems), func(p Problem) bool { return !slices.Contains(neverOverridden, p.Rule) })
}

var neverOverridden = []string{"hidden", "length"}

// overrides are the reasons for which a privacy officer may let out a text that the
// gate refuses.
var overrides = map[string]string{
	"misread":   "the check misread it: it says nothing about anybody's health or care",
	"own-words": "the marked words are the practice's own, such as a name or a number",
	"consent":   "the person agreed in writing to exactly this being said",
	"safety":    "somebody may be in danger, and this can help",
	"authority": "a law or an authority asks us to say it",
}

// Overrides returns the reasons for which a text that the gate refuses may go out
// all the same, by code, in words.
func Overrides() map[string]string { return overrides }

// leastNote is how many characters a written reason has at least.
const leastNote = 10

// overridden checks the reason for an override, seals its note, and returns what
// the history says of it: code, and the note by its hash.
func (d *Desk) overridden(ctx context.Context, c Case, dec Decision) (string, error) {
	note := strings.TrimSpace(dec.Note)
	switch {
	case dec.Override == "":
		return "", nil
	case overrides[dec.Override] == "":
		return "", &CannotError{"Letting this out needs one of the reasons. Choose one."}
	case utf8.RuneCountInString(note) < leastNote:
		return "", &CannotError{"Letting this out needs a written reason: say in a sentence why these words may be published."}
	}
	if err := d.Texts.Save(ctx, d.noteKey(c, note), note); err != nil {
		return "", fmt.Errorf("override: keep the note: %w", err)
	}
	return dec.Override + ":" + d.Names.Version(note), nil
}

// noteKey names the written reason of an override.
func (d *Desk) noteKey(c Case, note string) string {
	return d.textKey(c, "note-override", strings.TrimSpace(note))
}

// Problems is what the gate says about a text on a case, length included: one that
// is to go out, or a note for colleagues (KindNote).
func (d *Desk) Problems(ctx context.Context, c Case, kind ingest.ActionKind, text string) ([]Problem, error) {
	content, err := d.Said(ctx, c)
	if err != nil && !errors.Is(err, ErrGone) {
		return nil, fmt.Errorf("check reply: %w", err)
	}
	problems := d.Gate.Check(Outgoing{Text: text, Comment: content.Text, Platform: c.Comment.Platform})
	if kind == KindNote {
		return inNotes(problems, text), nil
	}
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

// Part is one thing that was decided, as an entry of the history tells it: the kind,
// the reason of hiding, and the state of what does not go out from here.
type Part struct {
	Kind   ingest.ActionKind
	Reason string
	State  State
}

// Parts reads the note of an entry by which something was approved.
func Parts(note string) []Part {
	var out []Part
	for part := range strings.SplitSeq(note, "+") {
		codes := strings.Split(part, ":")
		p := Part{Kind: ingest.ActionKind(codes[0])}
		for _, code := range codes[1:] {
			if _, known := hideReasons[code]; known {
				p.Reason = code
			} else {
				p.State = State(code)
			}
		}
		out = append(out, p)
	}
	return out
}
