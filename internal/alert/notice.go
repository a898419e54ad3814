package alert

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Change is why something is told.
type Change string

// The changes.
const (
	New       Change = "new"          // it began
	More      Change = "more"         // more came
	Still     Change = "still"        // it lasts, and nobody has acknowledged it
	Forgotten Change = "forgotten"    // somebody acknowledged it, and it lasts
	Taken     Change = "acknowledged" // somebody acknowledged it; only for a channel that keeps incidents
	Over      Change = "over"         // it has passed
)

// calls reports whether it asks somebody to do something.
func (c Change) calls() bool { return c != Over && c != Taken }

// Message is an alert as it is told, and why.
type Message struct {
	Alert
	// Incident names the trouble at providers that keep incidents: the same at every
	// repetition and when it is over, in every process; 20 characters and a number.
	Incident string
	Change   Change
	// Times counts how often it was told on this line, this time included.
	Times int
	At    time.Time
}

// Notice is what goes to one address on one channel: everything that is to be told
// there at this moment. A channel that keeps incidents gets one message in each.
type Notice struct {
	// ID is the same when the notice is tried again, so that a provider can tell.
	ID string
	// To is the address on the channel, such as a phone number; empty: the channel's
	// own. It is personal: never in a log or an error.
	To string
	// From is what the practice is called in alerts; empty: nothing.
	From     string
	Messages []Message
	// Desk is the address of the on-call page, where an alert is acknowledged.
	Desk string
	// Test: nothing is wrong, somebody tries whether this arrives. It has no messages.
	Test bool
	At   time.Time
}

// Severity is the loudest of its messages that is not over; empty: all are.
func (n Notice) Severity() (loudest Severity) {
	for _, m := range n.Messages {
		if m.Change != Over && m.Change != Taken && (loudest == "" || m.Severity.rank() < loudest.rank()) {
			loudest = m.Severity
		}
	}
	return loudest
}

// longTitle is how long a title may be, in bytes: it and a link fit in an SMS of two parts.
const longTitle = 140

// Title says it in one short line without a link.
func (n Notice) Title() string {
	from := ""
	if n.From != "" {
		from = n.From + ": "
	}
	if n.Test || len(n.Messages) == 0 {
		return from + "Test of triage: this arrives, and nothing is wrong"
	}
	first := n.loudestMessage()
	title := from + first.words()
	if more := len(n.Messages) - 1; more > 0 {
		title += fmt.Sprintf(", and %d more", more)
	}
	return cut(title, longTitle)
}

func (n Notice) loudestMessage() Message {
	first := n.Messages[0]
	for _, m := range n.Messages {
		if first.Change == Over && m.Change != Over || m.Change != Over && m.Severity.rank() < first.Severity.rank() {
			first = m
		}
	}
	return first
}

// Text says all of it, a line or two for each message, with the links.
func (n Notice) Text() string {
	if n.Test || len(n.Messages) == 0 {
		return n.Title() + ". Nothing is to be done.\n"
	}
	var b strings.Builder
	if n.From != "" {
		b.WriteString(n.From + ":\n")
	}
	for _, m := range n.Messages {
		b.WriteString(m.words() + "\n")
		if m.Link != "" {
			b.WriteString(m.Link + "\n")
		}
	}
	if n.Severity() == Page && n.Desk != "" {
		b.WriteString("\nTo stop the calls, say that you are on it: " + n.Desk + "\n")
	}
	return b.String()
}

// Short is the title with one link, for where every character counts.
func (n Notice) Short() string {
	link := n.Desk
	if len(n.Messages) > 0 && n.loudestMessage().Link != "" {
		link = n.loudestMessage().Link
	}
	return strings.TrimSpace(n.Title() + " " + link)
}

var changeWords = map[Change]string{
	New: "", More: "more came: ", Still: "still: ", Forgotten: "say again that you are on it, or the calls begin anew: ", Taken: "acknowledged: ", Over: "over: ",
}

var severityWords = map[Severity]string{Page: "URGENT: ", Tell: "", Slow: ""}

// words are a message without its link.
func (m Message) words() string {
	loud := severityWords[m.Severity]
	if m.Change == Over || m.Change == Taken {
		loud = ""
	}
	said := loud + changeWords[m.Change] + m.What
	if m.Count > 1 && m.Change != Over {
		said += fmt.Sprintf(" (%d)", m.Count)
	}
	if m.Where != "" {
		said += ", " + m.Where
	}
	if m.Change != Over && !m.Since.IsZero() {
		said += ", for " + Age(m.At.Sub(m.Since))
	}
	return said
}

// cut shortens s to n bytes at a rune.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n-len("…")], "") + "…"
}

// Channel is a configured way to tell people.
type Channel struct {
	// Name is the practice's for it, and Kind what it is, such as "email".
	Name, Kind string
	// Keeps: the provider keeps incidents, so each message comes alone and is
	// acknowledged and ended there too. Otherwise what is due together comes together.
	Keeps bool
	// Renew is after what time the provider takes a trouble for over unless it is told
	// again; 0: it does not.
	Renew time.Duration
	// Rings: it disturbs each time, as a telephone does, so that it is told nothing that
	// can wait.
	Rings bool
	// Silent: nobody hears it by itself, so that it counts as no way to call a person
	// (a terminal).
	Silent bool
	Notifier
}

// Failure is why a channel did not take a notice.
type Failure struct {
	// Why is a sentence of ours with what to do; no address, token or answer in it.
	Why string
	// Final: trying again brings nothing before somebody mends it.
	Final bool
	// Address: it is the address that is wrong; others may be reached.
	Address bool
	// Unclear: it may have arrived all the same, as where no answer came in time.
	Unclear bool
	// After is how long the provider asks to wait; 0: it does not say.
	After time.Duration
	// Cause is for the log, without secrets; nil: Why says all.
	Cause error
}

// Error implements error, with nothing that must not be logged.
func (f *Failure) Error() string { return f.Why }

// Unwrap gives the cause, for errors.Is.
func (f *Failure) Unwrap() error { return f.Cause }

// WhyOf is what people are told of an error of a channel: its own words only if they
// are ours.
func WhyOf(err error) string {
	var f *Failure
	if errors.As(err, &f) {
		return f.Why
	}
	return "it could not be sent: see the log"
}

// wrongAddress is what is wrong with the address of a line; empty: nothing that is known.
func wrongAddress(err error) string {
	if f, ours := errors.AsType[*Failure](err); ours && f.Address {
		return f.Why
	}
	return ""
}

// unclear reports whether a notice may have arrived though its channel failed.
func unclear(err error) bool {
	f, ours := errors.AsType[*Failure](err)
	return err != nil && (!ours || f.Unclear)
}
