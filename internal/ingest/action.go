package ingest

import (
	"context"
	"time"
	"unicode/utf8"
)

// ActionKind names something that can be done outside.
type ActionKind string

// The things that can be done outside, all on one comment.
const (
	Reply    ActionKind = "reply"    // answer in public
	Private  ActionKind = "private"  // answer in a private message
	Hide     ActionKind = "hide"     // take the comment out of public sight
	TakeDown ActionKind = "takedown" // delete a reply of our own
)

// Action is one call to a platform that others will see.
type Action struct {
	Kind ActionKind
	// Item is the platform's id of the comment acted on.
	Item string
	// Text is what is said; empty for Hide and TakeDown.
	Text string
}

// Capabilities says what a platform lets us do, and how long a text may be.
type Capabilities struct {
	Actions []ActionKind
	// MaxReply and MaxPrivate are the greatest lengths in the platform's own
	// way of counting, which Length applies; 0 means no limit is known.
	MaxReply, MaxPrivate int
	// Length counts a text as the platform does; nil counts characters.
	Length func(string) int
	// LengthPrivate counts a private text where that is done otherwise; nil: it is
	// not.
	LengthPrivate func(string) int
	// Name is the platform's, as people write it.
	Name string
	// Alone: comments stand each by itself, such as reviews: what they share is no
	// conversation.
	Alone bool
	// Display is how it shows a public reply.
	Display Display
	// HideNote says in one sentence what hiding a comment does there and what it
	// does not, or that the platform lets nobody hide any.
	HideNote string
}

// Display is how a platform shows a public reply, as far as it documents that. The
// zero value shows it as it was written.
type Display struct {
	// Mention: the name of whoever is answered is put before the reply, and does not
	// count.
	Mention bool
	// Link is after how many characters a link is cut, which is then shown without its
	// "https://"; 0: links are shown as they were written.
	Link int
	// Note says in a sentence what else becomes of the words there; empty: nothing.
	Note string
}

// Can reports whether the platform lets us do kind.
func (c Capabilities) Can(kind ActionKind) bool {
	for _, k := range c.Actions {
		if k == kind {
			return true
		}
	}
	return false
}

// Count is how long a text of that kind is in the platform's own way of counting,
// and the most that it takes; 0: no limit is known.
func (c Capabilities) Count(kind ActionKind, text string) (n, limit int) {
	count, limit := c.Length, c.MaxReply
	if kind == Private {
		limit = c.MaxPrivate
		if c.LengthPrivate != nil {
			count = c.LengthPrivate
		}
	}
	if count == nil {
		count = utf8.RuneCountInString
	}
	return count(text), limit
}

// Observation is how a comment stands on the platform at this moment. It is
// read before acting, to know whether acting is still right, and after an
// unclear answer, to learn whether the action happened.
type Observation struct {
	// Gone: the platform does not show it to us. It may be deleted or
	// forbidden; either way it cannot be acted on.
	Gone bool
	// Code is the platform's answer by which Gone is known, such as "100/33"; it
	// may be empty.
	Code string
	// Text is the text now, compared by its version and then forgotten.
	Text   string
	Hidden bool
	// Answered: a private answer to it exists already, from us or a person.
	Answered bool
	// Own are the practice's own public replies below it.
	Own []OwnReply
}

// OwnReply is a public reply of the practice, whoever typed it.
type OwnReply struct {
	Item     string
	Text     string
	Created  time.Time
	Standing Standing
}

// Result is what is known after an action was tried.
type Result string

// What can be known after an action was tried.
const (
	Done    Result = "done"    // the platform confirmed it
	Refused Result = "refused" // the platform said no; nothing happened
	Later   Result = "later"   // nothing happened; may be tried again after After
	Unclear Result = "unclear" // it may or may not have happened: look before anything else
)

// Outcome is the answer to an Action.
type Outcome struct {
	Result Result
	// Item is the platform's id of what was made.
	Item string
	// Standing is how the platform's review of what was made stands.
	Standing Standing
	// Code is the platform's own code for a refusal, such as "190/463".
	Code string
	// Why says it in one sentence for the desk, with what to do; it holds no
	// text, author or token.
	Why string
	// After is how long to wait at least when Result is Later.
	After time.Duration
	// StopPosting: the platform asks to post nothing from this account for a
	// while, or its token is dead.
	StopPosting bool
}

// Actor does things on one account of a platform and looks at how they stand.
type Actor interface {
	Capabilities() Capabilities
	// Observe reads the comment as it is now. An error means that it could not
	// be read and nothing is known.
	Observe(ctx context.Context, item string) (Observation, error)
	// Act makes exactly one attempt: it never retries.
	Act(ctx context.Context, a Action) Outcome
}
