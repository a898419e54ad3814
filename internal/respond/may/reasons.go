package may

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"triage/internal/ingest"
)

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
	{CodeDone, false, everything, func(f Facts, k ingest.ActionKind) bool { return slices.Contains(f.Done, k) },
		func(_ Facts, k ingest.ActionKind) string {
			return "This was done already, or may have been. One " + Word(k) + " per comment, for ever."
		}, nil},
	{CodeErased, false, everything, func(f Facts, _ ingest.ActionKind) bool { return f.Erased },
		say("The comment was erased: nothing more goes out. Mark the case as handled."), nil},
	{CodeSample, false, toComment, func(f Facts, _ ingest.ActionKind) bool { return f.Sampled },
		say("This comment is here for the weekly sample only: say first what it is. If it should have been seen, it goes to where it can be answered."), nil},
	{CodeOwn, false, toComment, func(f Facts, _ ingest.ActionKind) bool { return f.Comment.Own },
		say("These are our own words: they can be taken down, not answered."), nil},
	{CodeNotOwn, false, takeDown, func(f Facts, _ ingest.ActionKind) bool { return !f.Comment.Own },
		say("Only our own reply can be taken down."), nil},
	{CodeAnswered, false, reply, func(f Facts, _ ingest.ActionKind) bool { return f.Answered },
		say("Somebody of the practice answered on the platform already. Whoever did can add to it there; from here there is no second answer."), nil},
	{CodeHidden, false, reply, func(f Facts, _ ingest.ActionKind) bool { return slices.Contains(f.Done, ingest.Hide) },
		say("The comment was hidden from here, so a public reply would reach nobody. Call, or show the comment again on the platform and answer there."), nil},
	{CodeHidden, false, hide, func(f Facts, _ ingest.ActionKind) bool { return f.Comment.Hidden },
		say("It is hidden on the platform already."), nil},
	{CodeNoPrivate, false, private, func(f Facts, k ingest.ActionKind) bool { return !f.Can.Can(k) || f.Comment.PrivateUntil.IsZero() },
		func(f Facts, _ ingest.ActionKind) string {
			return capital(f.platform()) + " takes no private message to this comment from here."
		}, nil},
	{CodeClosed, false, private, func(f Facts, _ ingest.ActionKind) bool { return !f.Comment.PrivateUntil.After(f.Now) },
		func(f Facts, _ ingest.ActionKind) string {
			return "A private message is not possible any more: " + f.platform() + " takes one for a limited time after the comment only."
		}, func(f Facts) time.Time { return f.Comment.PrivateUntil }},
	{CodeNoHide, false, hide, func(f Facts, _ ingest.ActionKind) bool { return !f.Comment.CanHide },
		func(f Facts, k ingest.ActionKind) string {
			if f.Can.HideNote != "" && !f.Can.Can(k) {
				return f.Can.HideNote
			}
			return capital(f.platform()) + " does not let us hide this comment."
		}, nil},
	{CodeNotSummoned, false, reply, func(f Facts, _ ingest.ActionKind) bool { return f.Comment.NoReply },
		func(Facts, ingest.ActionKind) string { return capital(ByHand(CodeNotSummoned)) + "." }, nil},
	{CodeNotHere, false, []ingest.ActionKind{ingest.Reply, ingest.Hide, ingest.TakeDown}, func(f Facts, k ingest.ActionKind) bool { return !f.Can.Can(k) },
		func(Facts, ingest.ActionKind) string { return capital(ByHand(CodeNotHere)) + "." }, nil},

	{CodeShadow, true, everything, func(f Facts, _ ingest.ActionKind) bool { return f.Shadow },
		say("Posting is off: approving records the decision, and nothing goes out."), nil},
	{CodePaused, true, everything, waits(func(w Waits) time.Time { return w.Paused }),
		func(f Facts, _ ingest.ActionKind) string {
			return capital(f.platform()) + " asked this account for a pause: " + f.then(f.Waits.Paused) + "."
		}, func(f Facts) time.Time { return f.Waits.Paused }},
	{CodeFull, true, everything, waits(func(w Waits) time.Time { return w.Full }),
		func(f Facts, _ ingest.ActionKind) string {
			return fmt.Sprintf("The account's limit of %d in 24 hours is reached: %s.", f.Cap, f.then(f.Waits.Full))
		}, func(f Facts) time.Time { return f.Waits.Full }},
	{CodeCrowded, true, reply, waits(func(w Waits) time.Time { return w.Crowded }),
		func(f Facts, _ ingest.ActionKind) string {
			return "Enough was said under this post for now: a reply goes out " + f.from(f.Waits.Crowded) + "."
		}, func(f Facts) time.Time { return f.Waits.Crowded }},
	{CodeQuiet, true, spoken, quietHere,
		func(f Facts, _ ingest.ActionKind) string {
			if hide := f.Comment; hide.CanHide && !hide.Hidden && f.Can.Can(ingest.Hide) {
				return "It is a quiet hour: " + f.then(f.Waits.Quiet) + ", but at once where the comment is to be hidden."
			}
			return "It is a quiet hour: " + f.then(f.Waits.Quiet) + "."
		}, func(f Facts) time.Time { return f.Waits.Quiet }},
	{CodeEdited, true, toComment, func(f Facts, _ ingest.ActionKind) bool { return f.Edited },
		say("The comment was edited: look at it as it is now."), nil},
	{CodeHeld, true, reply, func(f Facts, _ ingest.ActionKind) bool { return f.Comment.Hidden },
		say("The comment was hidden when it was last read. If it still is, the reply is withdrawn and the case says so."), nil},
	{CodeNotRead, true, reply, func(f Facts, _ ingest.ActionKind) bool { return f.Unjudged },
		func(f Facts, _ ingest.ActionKind) string {
			return "The terms of " + f.platform() + " do not let us judge this comment: read it before you answer."
		}, nil},
	{CodeWindow, true, private, func(Facts, ingest.ActionKind) bool { return true },
		func(f Facts, _ ingest.ActionKind) string {
			return "Private message possible for " + Left(f.Comment.PrivateUntil.Sub(f.Now)) + ", then " + f.platform() + " closes it."
		}, func(f Facts) time.Time { return f.Comment.PrivateUntil }},
}

// say is a sentence that is the same for all.
func say(why string) func(Facts, ingest.ActionKind) string {
	return func(Facts, ingest.ActionKind) string { return why }
}

// waits holds while something keeps back what is approved.
func waits(until func(Waits) time.Time) func(Facts, ingest.ActionKind) bool {
	return func(f Facts, _ ingest.ActionKind) bool { return !f.Shadow && until(f.Waits).After(f.Now) }
}

// quietHere holds in quiet hours, but not of a private message whose time is over by
// then.
func quietHere(f Facts, k ingest.ActionKind) bool {
	if k == ingest.Private && !f.Comment.PrivateUntil.After(f.Waits.Quiet) {
		return false
	}
	return waits(func(w Waits) time.Time { return w.Quiet })(f, k)
}

// then says what becomes of what is approved while something keeps it back until
// some time: the same that the sender does.
func (f Facts) then(until time.Time) string {
	if f.Urgent && until.Sub(f.Now.Add(f.Window)) > Patience {
		return "this is urgent and does not wait for that, so what is approved is left to a person, to be done by hand on the platform"
	}
	return "what is approved goes out " + f.from(until)
}

// ByHand is what an action says that waits for a person to do it on the platform, by
// the code for which it does.
func ByHand(code string) string {
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

// Word is what a kind of action is called inside a sentence.
func Word(kind ingest.ActionKind) string {
	switch kind {
	case ingest.Private:
		return "private message"
	case ingest.Hide:
		return "hiding"
	case ingest.TakeDown:
		return "take-down"
	}
	return "public reply"
}
