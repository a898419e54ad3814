// Package may says what may be done about a comment, why not, and from when on. It
// asks nobody and knows nothing but the facts it is given: the desk decides by it,
// the sender waits by it and the page shows it.
package may

import (
	"slices"
	"time"

	"triage/internal/ingest"
)

// Answer says whether one kind of action may be taken about a comment, or one
// thing to know before it is.
type Answer struct {
	Kind ingest.ActionKind
	May  bool
	// Code names the reason, Why says it in a sentence; both are empty where there
	// is nothing to say.
	Code, Why string
	// Until is when that ends; zero: it does not, or nobody knows.
	Until time.Time
}

// ByHand reports whether a person may still do on the platform itself what may
// not be done from here.
func (a Answer) ByHand() bool { return a.Code == CodeNotSummoned || a.Code == CodeNotHere }

// The codes of Answer. With the first ones the answer is no.
const (
	CodeDone        = "done"         // it was done, or may have been
	CodeErased      = "erased"       // the comment was erased
	CodeSample      = "sample"       // picked for the weekly sample: it is to be labelled first
	CodeOwn         = "own"          // we wrote it ourselves
	CodeNotOwn      = "not-own"      // only our own words can be taken down
	CodeAnswered    = "answered"     // a person of the practice answered on the platform
	CodeHidden      = "hidden"       // the comment is hidden
	CodeClosed      = "closed"       // the time for a private message is over
	CodeNoPrivate   = "no-private"   // the platform takes no private message here
	CodeNoHide      = "no-hide"      // the platform does not let us hide it
	CodeNotSummoned = "not-summoned" // its author did not call us: a program may not answer
	CodeNotHere     = "not-here"     // the platform, or this account, lacks it

	CodeShadow  = "shadow"     // recorded only
	CodePaused  = "paused"     // the platform asked the account for a pause
	CodeFull    = "cap"        // the account's daily cap is reached
	CodeCrowded = "thread-cap" // the thread's cap is reached
	CodeQuiet   = "quiet"      // routine replies wait for the morning
	CodeEdited  = "edited"     // the comment was edited since
	CodeHeld    = "was-hidden" // it was hidden when it was last read
	CodeNotRead = "unjudged"   // the platform's terms forbid to judge it
	CodeWindow  = "window"     // for how long a private message is possible
)

// Facts are all that decides what may be done about a comment.
type Facts struct {
	Comment ingest.Comment
	// Done are the kinds of actions that are or may be online.
	Done []ingest.ActionKind
	// Erased: its words were erased. Sampled: it is there for the weekly sample only.
	// Answered: a person of the practice answered on the platform. Edited: that is
	// the last thing that happened. Unjudged: the platform's terms forbid to judge it.
	Erased, Sampled, Answered, Edited, Unjudged bool
	// Urgent: what cannot go out soon is left to a person.
	Urgent bool
	// Can is what can be done on the account from here; empty: nothing.
	Can ingest.Capabilities
	// Shadow, Window and Cap are the rules': decisions are recorded only; how long
	// one can be undone; how many actions an account takes in 24 hours.
	Shadow bool
	Window time.Duration
	Cap    int
	Now    time.Time
	// Waits are until when an approved action waits, beyond its undo window.
	Waits Waits
}

// Waits are the times until which something keeps an approved action back; zero:
// it does not.
type Waits struct {
	Paused, Full, Crowded, Quiet time.Time
}

// Patience is how long what was approved on an urgent case may be put off before a
// person is asked to do it by hand.
const Patience = 5 * time.Minute

// Answers are those of every kind of action, in the order in which actions are
// taken. Of each kind there is one refusal, or what is to be known; at least one.
type Answers []Answer

// Of are the answers about one kind.
func (all Answers) Of(kind ingest.ActionKind) Answers {
	var out Answers
	for _, a := range all {
		if a.Kind == kind {
			out = append(out, a)
		}
	}
	return out
}

// May reports whether an action of that kind may be taken from here.
func (all Answers) May(kind ingest.ActionKind) bool {
	_, stopped := all.Stop(kind)
	return !stopped
}

// Stop is why an action of that kind may not be taken from here.
func (all Answers) Stop(kind ingest.ActionKind) (Answer, bool) {
	for _, a := range all {
		if a.Kind == kind && !a.May {
			return a, true
		}
	}
	return Answer{}, false
}

var kindsInOrder = []ingest.ActionKind{ingest.Reply, ingest.Private, ingest.Hide, ingest.TakeDown}

// About says what may be done about a comment, why not, and until when.
func About(f Facts) Answers {
	var out Answers
	for _, kind := range kindsInOrder {
		before := len(out)
		for _, r := range reasons {
			if !slices.Contains(r.kinds, kind) || !r.holds(f, kind) {
				continue
			}
			a := Answer{Kind: kind, May: r.may, Code: r.code, Why: r.why(f, kind)}
			if r.until != nil {
				a.Until = r.until(f)
			}
			if out = append(out, a); !a.May {
				out = append(out[:before], a)
				break
			}
		}
		if len(out) == before {
			out = append(out, Answer{Kind: kind, May: true})
		}
	}
	return out
}
