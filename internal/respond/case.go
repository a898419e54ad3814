// Package respond decides what may be done about a judged comment, drafts a
// reply that knows nothing of it, gates every text before it goes out, holds
// it for a person, and does what was approved: at most once, never silently
// not.
package respond

import (
	"slices"
	"time"

	"triage/internal/classify"
	"triage/internal/ingest"
)

// Lane is the kind of conversation a case is, and with it the wording that is
// suggested and how loudly a person is called (see the table in rules.go).
type Lane string

// The lanes, most pressing first.
const (
	LaneTakeDown   Lane = "take-down"    // our own published words say too much
	LaneUrgent     Lane = "urgent"       // somebody may need help now
	LaneIdentifier Lane = "identifier"   // carries a phone number, a full name, ...
	LaneOther      Lane = "someone-else" // clear detail about another person
	LaneClear      Lane = "clear"        // clear detail about the author
	LanePossible   Lane = "possible"     // care is alluded to
	LaneLook       Lane = "look"         // could not be judged: a person looks
	LaneRoutine    Lane = "routine"      // not judged because of the platform's terms
	LaneSample     Lane = "sample"       // not flagged, and picked at random to be looked at
)

// State is where a case or one of its actions stands.
type State string

// The states of an action. A case's state is computed from its actions'.
const (
	Waiting   State = "waiting"   // for a person
	Approved  State = "approved"  // goes out when its undo window ends
	Sending   State = "sending"   // the attempt is stored; its answer is not
	Sent      State = "sent"      // confirmed by the platform
	Failed    State = "failed"    // refused for good, with the reason
	Manual    State = "manual"    // a person must do it or look
	Withdrawn State = "withdrawn" // no longer right: edited, gone, answered
	Dismissed State = "dismissed" // a person said nothing is to be done
	Recorded  State = "recorded"  // approved in shadow mode: nothing goes out
)

// Case is one conversation waiting for, or settled by, a person. It holds
// references, places and codes; no words of the comment and no person.
type Case struct {
	Comment   ingest.Comment     `json:"comment"`
	Judgement classify.Judgement `json:"judgement"`
	// Model names what judged.
	Model string `json:"model,omitempty"`
	// Label is what people said the comment is; nil: nobody did.
	Label *Label `json:"label,omitempty"`
	// Sampled names the week in whose random sample it is; empty: it was flagged.
	Sampled string    `json:"sampled,omitempty"`
	Lane    Lane      `json:"lane"`
	Opened  time.Time `json:"opened"`
	// Entered is when an edit brought it into its lane; zero: it was opened there.
	Entered time.Time `json:"entered,omitzero"`
	// Suggestion is what the desk proposes; nil when it has no safe proposal.
	Suggestion *Suggestion `json:"suggestion,omitempty"`
	// Low marks a case that can wait behind the others of its lane.
	Low bool `json:"low,omitempty"`
	// Assignee is the user who looks after it; empty: nobody in particular. Others may
	// decide all the same.
	Assignee string   `json:"assignee,omitempty"`
	Actions  []Action `json:"actions"`
	// Proposal waits for a second person (see Proposed).
	Proposal *Proposal `json:"proposal,omitempty"`
	// Notes are those of colleagues, oldest first.
	Notes []Note `json:"notes,omitempty"`
	// Outcome is what became of it after our reply; nil: nobody said. It outlives an
	// erasure.
	Outcome *Outcome `json:"outcome,omitempty"`
	// Erased is why the words were erased, an Erasure's code; empty: they were
	// not.
	Erased string `json:"erased,omitempty"`
	// Paused: the platform asked, at this case, to send nothing from its account
	// until then.
	Paused  time.Time `json:"paused,omitzero"`
	History []Entry   `json:"history"`
	// Noted counts the entries there ever were.
	Noted int `json:"noted,omitempty"`

	// Revision is the store's, for compare-and-set.
	Revision uint64 `json:"-"`
	// Partial: this is the light form of a case, to look at and not to store.
	Partial bool `json:"-"`
}

// Suggestion is a content-blind reply that passed the gate beside the comment.
type Suggestion struct {
	Template string `json:"template"`
	Lang     string `json:"lang"`
	Variant  int    `json:"variant"`
	Text     string `json:"text"`
	// Private is the private message proposed beside the public reply.
	Private string `json:"private,omitempty"`
	// Hide proposes to hide the comment after replying, for this reason.
	Hide string `json:"hide,omitempty"`
}

// Action is one thing to be done outside, with its own intent and state.
type Action struct {
	Kind  ingest.ActionKind `json:"kind"`
	State State             `json:"state"`
	// Text refers to what is said, sealed under this key; empty when nothing is.
	Text string `json:"text,omitempty"`
	// Reason is the code of the privacy reason of a hide.
	Reason string `json:"reason,omitempty"`
	// Override is the code of the reason for which this very text goes out though
	// the gate refuses it.
	Override string `json:"override,omitempty"`
	By       string `json:"by,omitempty"`
	// Second is who confirmed what By proposed; empty: one person decided.
	Second string `json:"second,omitempty"`
	// Approved is when it was approved.
	Approved time.Time `json:"approved,omitzero"`
	// Due is when the undo window ends, or when to try again.
	Due time.Time `json:"due,omitzero"`
	// Held names the rule that lets it wait until then, with its value; empty: none
	// does. When the rule is another it goes out earlier.
	Held string `json:"held,omitempty"`
	// Intent is stored before the call and tells, after a crash, what to look for.
	Intent *Intent `json:"intent,omitempty"`
	// Looks counts how often in a row the platform could not be read.
	Looks int `json:"looks,omitempty"`
	// Item is the id (ours) of what was made.
	Item string `json:"item,omitempty"`
	// Unclear: the attempt may have happened. It counts as online: it is never
	// tried again, and only a person who looked can close it.
	Unclear bool `json:"unclear,omitempty"`
	// Look: it was withdrawn, and a person should look whether something else is
	// to be done.
	Look bool `json:"look,omitempty"`
	// Why explains failed, manual and withdrawn in one sentence.
	Why  string    `json:"why,omitempty"`
	Code string    `json:"code,omitempty"`
	Done time.Time `json:"done,omitzero"`
}

// Intent is the record of an attempt, made durable before the attempt.
type Intent struct {
	Attempt int       `json:"attempt"`
	Started time.Time `json:"started"`
	// Before are the ids (ours) of the practice's replies seen beforehand.
	Before []string `json:"before,omitempty"`
}

// Entry is one line of a case's history.
type Entry struct {
	// N is its number in the case, from 1; none is used twice. 0: see
	// Numbered.
	N  int       `json:"n,omitempty"`
	At time.Time `json:"at"`
	By string    `json:"by"` // a user, or "triage"
	Do string    `json:"do"` // a code: opened, revealed, approved, ...
	// Note adds a code or a sentence of ours, never anybody's words.
	Note string `json:"note,omitempty"`
	// OS and From tell of a command who gave it, as an audit.Act's do.
	OS   string `json:"os,omitempty"`
	From string `json:"from,omitempty"`
}

// ID is the case's id: its comment's.
func (c Case) ID() string { return c.Comment.ID }

// Key names the case in its bucket.
func (c Case) Key() string { return c.Comment.ID }

// Placed is since when the case is in its lane.
func (c Case) Placed() time.Time {
	if c.Entered.IsZero() {
		return c.Opened
	}
	return c.Entered
}

// State is the case's state: that of its least settled action, or waiting as
// long as nobody decided.
func (c Case) State() State {
	if len(c.Actions) == 0 {
		return Waiting
	}
	for _, s := range []State{Sending, Approved, Manual, Failed, Waiting, Withdrawn, Sent, Recorded, Dismissed} {
		for _, a := range c.Actions {
			if a.State == s {
				return s
			}
		}
	}
	return Waiting
}

// Open reports whether the case still needs a person.
func (c Case) Open() bool {
	switch c.State() {
	case Waiting, Manual, Failed:
		return true
	case Sending, Approved:
		return false
	}
	return slices.ContainsFunc(c.Actions, Action.NeedsPerson)
}

// Settled reports whether nobody and nothing has anything to do with the case
// any more.
func (c Case) Settled() bool {
	s := c.State()
	return !c.Open() && s != Sending && s != Approved
}

// NeedsPerson reports whether the action waits for somebody to look.
func (a Action) NeedsPerson() bool { return a.State == Manual || a.State == Failed || a.Look }

// acted reports whether something of this case is or may be online.
func (c Case) acted() bool { return len(c.online()) > 0 }

// Done reports whether an action of this kind is or may be online: it is never
// done twice.
func (c Case) Done(kind ingest.ActionKind) bool {
	for _, a := range c.online() {
		if a.Kind == kind {
			return true
		}
	}
	return false
}

// online are the actions that are or may be online: no decision undoes them.
func (c Case) online() []Action {
	var out []Action
	for _, a := range c.Actions {
		if a.online() {
			out = append(out, a)
		}
	}
	return out
}

func (a Action) online() bool { return a.State == Sending || a.State == Sent || a.Unclear }

// Codes of the history: somebody read the comment, said what it is, recorded what
// became of it, gave it to somebody, left a note, let out a text that the gate
// refuses, after it was proposed and confirmed or not; and triage itself approved.
const (
	Revealed   = "revealed"
	Labelled   = "labelled"
	Outcomed   = "outcome"
	Assigned   = "assigned"
	NoteLeft   = "noted"
	Proposed   = "proposed"
	Confirmed  = "confirmed"
	Unproposed = "unproposed"
	Overrode   = "overrode"
	Automatic  = "automatic"
)

// noSteps are the codes of what changes nothing for anybody who decides.
var noSteps = []string{Revealed, Labelled, Outcomed, Assigned, NoteLeft}

// Step reports whether the case went on with this entry.
func (e Entry) Step() bool { return !slices.Contains(noSteps, e.Do) }

// Step counts what happened to the case. Somebody who decides on what she saw
// at one step is told if the case has gone on to another.
func (c Case) Step() int {
	n := 0
	for _, e := range c.History {
		if e.Step() {
			n++
		}
	}
	return n
}

// LastStep is when the case last changed.
func (c Case) LastStep() time.Time {
	for _, e := range slices.Backward(c.History) {
		if e.Step() {
			return e.At
		}
	}
	return c.Opened
}

// Note adds a line to the history: at that moment by, a user or Machine, did do,
// which a code or a sentence of ours explains.
func (c *Case) Note(at time.Time, by, do, note string) {
	c.History = c.Numbered()
	c.Noted = max(c.Noted, len(c.History)) + 1
	c.History = append(c.History, Entry{N: c.Noted, At: at, By: by, Do: do, Note: note})
}

// Numbered is the history with its numbers, also of a case stored before there
// were any.
func (c Case) Numbered() []Entry {
	if c.Noted > 0 {
		return c.History
	}
	out := slices.Clone(c.History)
	for i := range out {
		out[i].N = i + 1
	}
	return out
}
