package respond

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"triage/internal/ingest"
	"triage/internal/respond/draft"
	"triage/internal/respond/gate"
)

// Rules are what may be changed while triage runs. After a change Desk.Changed
// is to be called.
type Rules struct {
	// Shadow: decisions are recorded and nothing goes out. What was approved
	// before and has not gone out is withdrawn.
	Shadow bool
	// Since is when posting was last switched on: what was approved earlier does
	// not go out any more. Zero: that is not known.
	Since time.Time
	// Window is how long an approved action waits, to be undone, before it goes
	// out.
	Window time.Duration
	// ReadBack is how long after an attempt without a clear answer the platform
	// is asked whether it happened. It must exceed the time a call may take.
	ReadBack time.Duration
	// DailyCap is how many actions an account may take in 24 hours. There always
	// is one: below 1 it is DefaultCap.
	DailyCap int
	// ThreadCap is how many public replies may go out under one post in 24 hours;
	// 0: any number. What is urgent is not held back by it.
	ThreadCap int
	// Quiet are the hours in which the replies of lanes that may wait do not go out.
	Quiet Hours
	// Sample is how many unflagged comments a week are picked at random for
	// people to look at; 0: none.
	Sample int
	// Automatic are the lanes whose suggestions go out without a person.
	Automatic map[Lane]bool
	// Louder are the lanes that call people more loudly than their plan says.
	Louder map[Lane]Loudness
}

// DefaultCap is the daily cap where none is given.
const DefaultCap = 50

// Cap is how many actions an account may take in 24 hours.
func (r Rules) Cap() int {
	if r.DailyCap < 1 {
		return DefaultCap
	}
	return r.DailyCap
}

// OffFor reports whether an approved action of a case may not go out any more:
// posting is switched off, or was since; or nobody approved it, and its lane does not
// go out by itself any more.
func (r Rules) OffFor(c *Case, a Action) bool {
	return r.Shadow || a.Approved.Before(r.Since) || a.By == Machine && !r.Automatic[c.Lane]
}

// May says what may be done about a case now, with everything that is known here.
func (d *Desk) May(c Case) Answers {
	f := d.facts(c)
	f.Waits = d.Waits(c)
	return May(f)
}

// facts are those of the case, its account and the rules; not what keeps the
// account back, which takes a look over all cases.
func (d *Desk) facts(c Case) Facts {
	f := Facts{Case: c, Rules: d.Rules(), Now: d.Now()}
	if a := d.Accounts[c.Comment.Account].Actor; a != nil {
		f.Can = a.Capabilities()
	}
	return f
}

// Waits reports whether a reply on a case of this lane may wait: through quiet
// hours, and behind the cap on replies in one thread.
func (l Lane) Waits() bool {
	switch l {
	case LanePossible, LaneRoutine, LaneClear, LaneOther, LaneIdentifier:
		return true
	}
	return false
}

// Urgent reports whether what was approved on a case of this lane is handed to a
// person where it cannot go out soon.
func (l Lane) Urgent() bool { return l == LaneUrgent || l == LaneTakeDown }

// Patience is how long what was approved on such a case may be put off before a
// person is asked to do it by hand.
const Patience = 5 * time.Minute

// capTime is in which time what went out is counted.
const capTime = 24 * time.Hour

// Waits looks over all cases for what keeps back what may be approved on this one.
func (d *Desk) Waits(c Case) Waits {
	var w Waits
	var all, here []time.Time
	now := d.Now()
	for o := range d.Cases.All() {
		if o.Comment.Account != c.Comment.Account {
			continue
		}
		if o.Paused.After(w.Paused) {
			w.Paused = o.Paused
		}
		for _, a := range o.Actions {
			if a.Intent == nil || a.Intent.Started.Sub(now).Abs() >= capTime {
				continue
			}
			all = append(all, a.Intent.Started)
			if a.Kind == ingest.Reply && o.Comment.Thread == c.Comment.Thread && (a.State == Sending || a.State == Sent || a.Unclear) {
				here = append(here, a.Intent.Started)
			}
		}
	}
	rules := d.Rules()
	w.Full = freeAgain(all, rules.Cap())
	if c.Lane.Waits() {
		w.Quiet = rules.Quiet.Until(now)
	}
	if actor := d.Accounts[c.Comment.Account].Actor; rules.ThreadCap > 0 && c.Comment.Thread != "" && c.Lane.Waits() && actor != nil && !actor.Capabilities().Alone {
		w.Crowded = freeAgain(here, rules.ThreadCap)
	}
	return w
}

// freeAgain is when fewer than most of these times are younger than capTime; zero:
// they are.
func freeAgain(at []time.Time, most int) time.Time {
	if len(at) < most {
		return time.Time{}
	}
	slices.SortFunc(at, time.Time.Compare)
	return at[len(at)-most].Add(capTime)
}

// Hours are the same hours of every day, by the clock of a place. The zero value
// is none.
type Hours struct {
	from, to clock
	zone     *time.Location
}

// clock is a time of the day.
type clock struct{ hour, minute int }

func (c clock) on(day time.Time) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), c.hour, c.minute, 0, 0, day.Location())
}

// ParseHours reads hours such as "22:00-07:00", by the clock of zone; "" is none.
func ParseHours(s string, zone *time.Location) (Hours, error) {
	if s = strings.TrimSpace(s); s == "" {
		return Hours{}, nil
	}
	from, to, _ := strings.Cut(s, "-")
	a, err := time.Parse("15:04", strings.TrimSpace(from))
	b, errTo := time.Parse("15:04", strings.TrimSpace(to))
	if err != nil || errTo != nil || a.Equal(b) {
		return Hours{}, fmt.Errorf("%q are no hours: write from and to by the clock, such as \"22:00-07:00\", or \"\" for none", s)
	}
	return Hours{clock{a.Hour(), a.Minute()}, clock{b.Hour(), b.Minute()}, zone}, nil
}

// Until is the end of the hours that t is in; zero: it is in none.
func (h Hours) Until(t time.Time) time.Time {
	if h.zone == nil {
		return time.Time{}
	}
	for back := range 2 { // those that began today, or yesterday
		day := t.In(h.zone).AddDate(0, 0, -back)
		begin, end := h.from.on(day), h.to.on(day)
		if !end.After(begin) {
			end = h.to.on(day.AddDate(0, 0, 1))
		}
		if !t.Before(begin) && t.Before(end) {
			return end
		}
	}
	return time.Time{}
}

// String is as ParseHours reads it.
func (h Hours) String() string {
	if h.zone == nil {
		return ""
	}
	return fmt.Sprintf("%02d:%02d-%02d:%02d", h.from.hour, h.from.minute, h.to.hour, h.to.minute)
}

// The gate and the drafter are rooms of their own, packages gate and draft;
// these are the names under which the rest of the house knows what is in them.
type (
	// Gate decides whether a text may be published.
	Gate = gate.Gate
	// GateOptions are what every text of a practice is judged with.
	GateOptions = gate.Options
	// Outgoing is a text that somebody wants to send out.
	Outgoing = gate.Outgoing
	// Problem is one thing in it that may not be published.
	Problem = gate.Problem

	// Drafter words replies without knowing what they answer.
	Drafter = draft.Drafter
	// Draft is one wording.
	Draft = draft.Draft
	// Practice is what replies say about the practice itself.
	Practice = draft.Practice
	// Template is one reply in several wordings.
	Template = draft.Template
	// Channel is where a text is said.
	Channel = draft.Channel
)

// The channels.
const (
	Public  = draft.Public
	InboxDM = draft.InboxDM
)

// NewGate loads the gate's rules and word lists.
func NewGate(o GateOptions) (*Gate, error) { return gate.New(o) }

// NewDrafter fills in the shipped templates and the practice's own.
func NewDrafter(p Practice, own []Template, g *Gate) (*Drafter, error) {
	return draft.NewDrafter(p, own, g)
}
