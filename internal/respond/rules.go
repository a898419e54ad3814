package respond

import (
	"time"

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
	// DailyCap is how many actions an account may take in 24 hours; 0: any
	// number.
	DailyCap int
	// Sample is how many unflagged comments a week are picked at random for
	// people to look at; 0: none.
	Sample int
	// Louder are the lanes that call people more loudly than their plan says.
	Louder map[Lane]Loudness
}

// off reports whether an approved action may not go out any more.
func (r Rules) off(a Action) bool { return r.Shadow || a.Approved.Before(r.Since) }

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
