package respond

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"triage/internal/classify"
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
	Case Case
	// Can is what can be done on the account from here; empty: nothing.
	Can   ingest.Capabilities
	Rules Rules
	Now   time.Time
	// Waits are until when an approved action waits, beyond its undo window.
	Waits Waits
}

// Waits are the times until which something keeps an approved action back; zero:
// it does not.
type Waits struct {
	Paused, Full, Crowded, Quiet time.Time
}

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

// May says what may be done about a comment, why not, and until when. It asks
// nobody and knows nothing but the facts: the desk decides by it and the page
// shows it.
func May(f Facts) Answers {
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

// reason is one row of the table: of which actions it speaks, when it holds and
// what it says.
type reason struct {
	code  string
	may   bool
	kinds []ingest.ActionKind
	holds func(f Facts, kind ingest.ActionKind) bool
	why   func(f Facts, kind ingest.ActionKind) string
	until func(f Facts) time.Time
}

// The kinds that rows speak of.
var (
	everything = kindsInOrder
	toComment  = []ingest.ActionKind{ingest.Reply, ingest.Private, ingest.Hide}
	spoken     = []ingest.ActionKind{ingest.Reply, ingest.Private}
	reply      = []ingest.ActionKind{ingest.Reply}
	private    = []ingest.ActionKind{ingest.Private}
	hide       = []ingest.ActionKind{ingest.Hide}
	takeDown   = []ingest.ActionKind{ingest.TakeDown}
)

// reasons are all there are; those that refuse come first, and the first of them
// that holds is given.
var reasons = []reason{
	{CodeDone, false, everything, func(f Facts, k ingest.ActionKind) bool { return f.Case.Done(k) },
		func(_ Facts, k ingest.ActionKind) string {
			return "This was done already, or may have been. One " + word(k) + " per comment, for ever."
		}, nil},
	{CodeErased, false, everything, func(f Facts, _ ingest.ActionKind) bool { return f.Case.Erased != "" },
		say("The comment was erased: nothing more goes out. Mark the case as handled."), nil},
	{CodeOwn, false, toComment, func(f Facts, _ ingest.ActionKind) bool { return f.Case.Comment.Own },
		say("These are our own words: they can be taken down, not answered."), nil},
	{CodeNotOwn, false, takeDown, func(f Facts, _ ingest.ActionKind) bool { return !f.Case.Comment.Own },
		say("Only our own reply can be taken down."), nil},
	{CodeAnswered, false, reply, func(f Facts, _ ingest.ActionKind) bool { return f.Case.answered() },
		say("Somebody of the practice answered on the platform already. Whoever did can add to it there; from here there is no second answer."), nil},
	{CodeHidden, false, reply, func(f Facts, _ ingest.ActionKind) bool { return f.Case.Done(ingest.Hide) },
		say("The comment was hidden from here, so a public reply would reach nobody. Call, or show the comment again on the platform and answer there."), nil},
	{CodeHidden, false, hide, func(f Facts, _ ingest.ActionKind) bool { return f.Case.Comment.Hidden },
		say("It is hidden on the platform already."), nil},
	{CodeNoPrivate, false, private, func(f Facts, k ingest.ActionKind) bool { return !f.Can.Can(k) || f.Case.Comment.PrivateUntil.IsZero() },
		func(f Facts, _ ingest.ActionKind) string {
			return capital(f.platform()) + " takes no private message to this comment from here."
		}, nil},
	{CodeClosed, false, private, func(f Facts, _ ingest.ActionKind) bool { return !f.Case.Comment.PrivateUntil.After(f.Now) },
		func(f Facts, _ ingest.ActionKind) string {
			return "A private message is not possible any more: " + f.platform() + " takes one for a limited time after the comment only."
		}, func(f Facts) time.Time { return f.Case.Comment.PrivateUntil }},
	{CodeNoHide, false, hide, func(f Facts, _ ingest.ActionKind) bool { return !f.Case.Comment.CanHide },
		func(f Facts, k ingest.ActionKind) string {
			if f.Can.HideNote != "" && !f.Can.Can(k) {
				return f.Can.HideNote
			}
			return capital(f.platform()) + " does not let us hide this comment."
		}, nil},
	{CodeNotSummoned, false, reply, func(f Facts, _ ingest.ActionKind) bool { return f.Case.Comment.NoReply },
		func(Facts, ingest.ActionKind) string { return capital(byHand(CodeNotSummoned)) + "." }, nil},
	{CodeNotHere, false, []ingest.ActionKind{ingest.Reply, ingest.Hide, ingest.TakeDown}, func(f Facts, k ingest.ActionKind) bool { return !f.Can.Can(k) },
		func(Facts, ingest.ActionKind) string { return capital(byHand(CodeNotHere)) + "." }, nil},

	{CodeShadow, true, everything, func(f Facts, _ ingest.ActionKind) bool { return f.Rules.Shadow },
		say("Posting is off: approving records the decision, and nothing goes out."), nil},
	{CodePaused, true, everything, waits(func(w Waits) time.Time { return w.Paused }),
		func(f Facts, _ ingest.ActionKind) string {
			return capital(f.platform()) + " asked this account for a pause: " + f.then(f.Waits.Paused) + "."
		}, func(f Facts) time.Time { return f.Waits.Paused }},
	{CodeFull, true, everything, waits(func(w Waits) time.Time { return w.Full }),
		func(f Facts, _ ingest.ActionKind) string {
			return fmt.Sprintf("The account's limit of %d in 24 hours is reached: %s.", f.Rules.Cap(), f.then(f.Waits.Full))
		}, func(f Facts) time.Time { return f.Waits.Full }},
	{CodeCrowded, true, reply, waits(func(w Waits) time.Time { return w.Crowded }),
		func(f Facts, _ ingest.ActionKind) string {
			return "Enough was said under this post for now: a reply goes out " + f.from(f.Waits.Crowded) + "."
		}, func(f Facts) time.Time { return f.Waits.Crowded }},
	{CodeQuiet, true, spoken, quietHere,
		func(f Facts, _ ingest.ActionKind) string {
			if hide := f.Case.Comment; hide.CanHide && !hide.Hidden && f.Can.Can(ingest.Hide) {
				return "It is a quiet hour: " + f.then(f.Waits.Quiet) + ", but at once where the comment is to be hidden."
			}
			return "It is a quiet hour: " + f.then(f.Waits.Quiet) + "."
		}, func(f Facts) time.Time { return f.Waits.Quiet }},
	{CodeEdited, true, toComment, func(f Facts, _ ingest.ActionKind) bool { return f.Case.lastStep() == "edited" },
		say("The comment was edited: look at it as it is now."), nil},
	{CodeHeld, true, reply, func(f Facts, _ ingest.ActionKind) bool { return f.Case.Comment.Hidden },
		say("The comment was hidden when it was last read. If it still is, the reply is withdrawn and the case says so."), nil},
	{CodeNotRead, true, reply, func(f Facts, _ ingest.ActionKind) bool { return f.Case.Judgement.WhyNot == classify.NotMode },
		func(f Facts, _ ingest.ActionKind) string {
			return "The terms of " + f.platform() + " do not let us judge this comment: read it before you answer."
		}, nil},
	{CodeWindow, true, private, func(Facts, ingest.ActionKind) bool { return true },
		func(f Facts, _ ingest.ActionKind) string {
			return "Private message possible for " + Left(f.Case.Comment.PrivateUntil.Sub(f.Now)) + ", then " + f.platform() + " closes it."
		}, func(f Facts) time.Time { return f.Case.Comment.PrivateUntil }},
}

// say is a sentence that is the same for all.
func say(why string) func(Facts, ingest.ActionKind) string {
	return func(Facts, ingest.ActionKind) string { return why }
}

// waits holds while something keeps back what is approved.
func waits(until func(Waits) time.Time) func(Facts, ingest.ActionKind) bool {
	return func(f Facts, _ ingest.ActionKind) bool { return !f.Rules.Shadow && until(f.Waits).After(f.Now) }
}

// quietHere holds in quiet hours, but not of a private message whose time is over by
// then.
func quietHere(f Facts, k ingest.ActionKind) bool {
	if k == ingest.Private && !f.Case.Comment.PrivateUntil.After(f.Waits.Quiet) {
		return false
	}
	return waits(func(w Waits) time.Time { return w.Quiet })(f, k)
}

// then says what becomes of what is approved while something keeps it back until
// some time: the same that the sender does.
func (f Facts) then(until time.Time) string {
	if f.Case.Lane.Urgent() && until.Sub(f.Now.Add(f.Rules.Window)) > Patience {
		return "this is urgent and does not wait for that, so what is approved is left to a person, to be done by hand on the platform"
	}
	return "what is approved goes out " + f.from(until)
}

// byHand is what an action says that waits for a person to do it on the platform.
func byHand(code string) string {
	if code == CodeNotSummoned {
		return "the platform takes no reply to this from a program: please copy the text and answer there yourself, then mark it as handled"
	}
	return "this cannot be done from here: please do it by hand on the platform, then mark it as handled"
}

// platform is the platform's name inside a sentence.
func (f Facts) platform() string {
	if f.Can.Name == "" {
		return "the platform"
	}
	return f.Can.Name
}

// from says when something begins: the hour, and of another day the day.
func (f Facts) from(t time.Time) string {
	t = t.In(f.Now.Location())
	if t.YearDay() == f.Now.YearDay() && t.Year() == f.Now.Year() {
		return "from " + t.Format("15:04") + " on"
	}
	return "from " + t.Format("Mon 15:04") + " on"
}

// Left says how long there is still time: "6 d 22 h".
func Left(d time.Duration) string {
	hours := int(d/time.Hour) % 24
	if d >= 24*time.Hour {
		return fmt.Sprintf("%d d %d h", int(d/(24*time.Hour)), hours)
	}
	return fmt.Sprintf("%d h %d min", hours, int(d/time.Minute)%60)
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// answered reports whether a person of the practice answered on the platform.
func (c Case) answered() bool {
	return slices.ContainsFunc(c.History, func(e Entry) bool { return e.Do == "answered" })
}

func (c Case) lastStep() string {
	for _, e := range slices.Backward(c.History) {
		if e.Step() {
			return e.Do
		}
	}
	return ""
}
