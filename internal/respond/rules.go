package respond

import (
	"slices"
	"time"

	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/respond/draft"
	"triage/internal/respond/gate"
	"triage/internal/respond/may"
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
	// FourEyes: what the gate refuses goes out, or stays online, only after a second
	// person confirmed it.
	FourEyes bool
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
	return may.About(f)
}

// facts are those of the case, its account and the rules; not what keeps the
// account back, which takes a look over all cases.
func (d *Desk) facts(c Case) may.Facts {
	rules := d.Rules()
	f := may.Facts{
		Comment: c.Comment, Erased: c.Erased != "", Sampled: c.Lane == LaneSample, Answered: c.answered(), Edited: c.Last().Do == "edited",
		Unjudged: c.Judgement.WhyNot == classify.NotMode, Urgent: c.Lane.Urgent(),
		Shadow: rules.Shadow, Window: rules.Window, Cap: rules.Cap(), Now: d.Now(),
	}
	for _, a := range c.online() {
		f.Done = append(f.Done, a.Kind)
	}
	if a := d.Accounts[c.Comment.Account].Actor; a != nil {
		f.Can = a.Capabilities()
	}
	return f
}

// answered reports whether a person of the practice answered on the platform.
func (c Case) answered() bool {
	return slices.ContainsFunc(c.History, func(e Entry) bool { return e.Do == "answered" })
}

// Last is the last thing that happened to the case.
func (c Case) Last() Entry {
	for _, e := range slices.Backward(c.History) {
		if e.Step() {
			return e
		}
	}
	return Entry{}
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

// Waits looks over the lively cases for what keeps back what may be approved on this one.
func (d *Desk) Waits(c Case) may.Waits {
	var w may.Waits
	var all, here []time.Time
	now := d.Now()
	for o := range d.Lively() {
		if o.Comment.Account != c.Comment.Account {
			continue
		}
		if o.Paused.After(w.Paused) {
			w.Paused = o.Paused
		}
		for _, a := range o.Actions {
			if a.Intent == nil || a.Intent.Started.Sub(now).Abs() >= may.Day {
				continue
			}
			all = append(all, a.Intent.Started)
			if a.Kind == ingest.Reply && o.Comment.Thread == c.Comment.Thread && (a.State == Sending || a.State == Sent || a.Unclear) {
				here = append(here, a.Intent.Started)
			}
		}
	}
	rules := d.Rules()
	w.Full = may.FreeAgain(all, rules.Cap())
	if c.Lane.Waits() {
		w.Quiet = rules.Quiet.Until(now)
	}
	if actor := d.Accounts[c.Comment.Account].Actor; rules.ThreadCap > 0 && c.Comment.Thread != "" && c.Lane.Waits() && actor != nil && !actor.Capabilities().Alone {
		w.Crowded = may.FreeAgain(here, rules.ThreadCap)
	}
	return w
}

// Loudness is how a lane calls people.
type Loudness string

// From loud to silent. Tells and pages say that there is a case, where and how
// old; never a word of it.
const (
	Pages  Loudness = "pages"  // a person, through quiet hours, until acknowledged
	Tells  Loudness = "tells"  // the on-call channel at once, grouped
	Hourly Loudness = "hourly" // the on-call channel, once an hour at most
	Digest Loudness = "digest" // in the daily summary
	Silent Loudness = "silent"
)

// Plan is what a lane means: what is suggested and how it alerts.
type Plan struct {
	Loudness Loudness
	Public   bool   // a public reply is suggested
	Private  bool   // a private message beside it, where the platform has one
	Hide     string // reason code for hiding after the reply; "" suggests none
}

// Plans is the right half of the lane table of the policy.
var Plans = map[Lane]Plan{
	LaneTakeDown:   {Loudness: Pages},
	LaneUrgent:     {Loudness: Pages, Public: true, Private: true},
	LaneLook:       {Loudness: Hourly},
	LaneRoutine:    {Loudness: Silent, Public: true},
	LaneIdentifier: {Loudness: Tells, Public: true, Private: true, Hide: "identifier"},
	LaneOther:      {Loudness: Tells, Public: true, Private: true, Hide: "other-person"},
	LaneClear:      {Loudness: Tells, Public: true, Private: true},
	LanePossible:   {Loudness: Digest, Public: true},
	LaneSample:     {Loudness: Silent},
}

// volume orders the loudnesses.
var volume = []Loudness{Silent, Digest, Hourly, Tells, Pages}

// Raises reports whether a lane may be given this loudness: what calls people may
// be raised and never lowered, and a sample calls nobody.
func (l Lane) Raises(to Loudness) bool {
	plan, known := Plans[l]
	return known && l != LaneSample && slices.Contains(volume, to) && slices.Index(volume, to) >= slices.Index(volume, plan.Loudness)
}

// Loudness is how a lane calls people here.
func (d *Desk) Loudness(l Lane) Loudness {
	if d.Rules != nil {
		if to := d.Rules().Louder[l]; l.Raises(to) {
			return to
		}
	}
	return Plans[l].Loudness
}

// Lanes lists all lanes in the order in which they want attention.
var Lanes = []Lane{LaneTakeDown, LaneUrgent, LaneIdentifier, LaneOther, LaneClear, LaneLook, LanePossible, LaneRoutine, LaneSample}

// place is the left half of the lane table: the first row that fits wins.
var placement = []struct {
	fits func(classify.Judgement) bool
	lane Lane
	low  bool
}{
	{fits: func(j classify.Judgement) bool { return j.Urgent }, lane: LaneUrgent},
	{fits: func(j classify.Judgement) bool { return !j.Judged && j.WhyNot == classify.NotMode }, lane: LaneRoutine},
	{fits: func(j classify.Judgement) bool { return !j.Judged }, lane: LaneLook},
	{fits: func(j classify.Judgement) bool { return j.Identifier }, lane: LaneIdentifier},
	{fits: func(j classify.Judgement) bool { return j.Level == classify.Clear && aboutAnother(j.Subject) }, lane: LaneOther},
	{fits: func(j classify.Judgement) bool { return j.Level == classify.Clear }, lane: LaneClear},
	{fits: func(j classify.Judgement) bool { return j.Level == classify.Possible && j.Ask != classify.AsksNothing }, lane: LanePossible},
	{fits: func(j classify.Judgement) bool { return j.Level == classify.Possible }, lane: LanePossible, low: true},
	{fits: func(j classify.Judgement) bool { return j.Ask == classify.AsksOwnCare }, lane: LanePossible},
}

func aboutAnother(s classify.Subject) bool {
	return s == classify.Family || s == classify.Other
}

// Place finds the lane of a judged comment of somebody else; ok is false when
// it opens no case. Low marks a case that waits behind the others of its lane.
func Place(j classify.Judgement) (lane Lane, low, ok bool) {
	for _, row := range placement {
		if row.fits(j) {
			return row.lane, row.low, true
		}
	}
	return "", false, false
}

// The gate, the drafter and what may be done are rooms of their own, packages gate,
// draft and may; these are the names under which the rest of the house knows what is in them.
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

	// Answer says whether one kind of action may be taken about a comment.
	Answer = may.Answer
	// Answers are those of every kind of action.
	Answers = may.Answers
	// Hours are the same hours of every day.
	Hours = may.Hours
)

// Codes of Answer that pages look for.
const (
	CodeShadow = may.CodeShadow
	CodeWindow = may.CodeWindow
)

// ParseHours reads hours such as "22:00-07:00", by the clock of zone; "" is none.
func ParseHours(s string, zone *time.Location) (Hours, error) { return may.ParseHours(s, zone) }

// Left says how long there is still time: "6 d 22 h".
func Left(d time.Duration) string { return may.Left(d) }

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
