package respond

import "triage/internal/respond/gate"

// The gate is a room of its own, package gate; these are the names under which
// the rest of the house knows it.
type (
	// Gate decides whether a text may be published.
	Gate = gate.Gate
	// GateOptions are what every text of a practice is judged with.
	GateOptions = gate.Options
	// Outgoing is a text that somebody wants to send out.
	Outgoing = gate.Outgoing
	// Problem is one thing in it that may not be published.
	Problem = gate.Problem
)

// NewGate loads the gate's rules and word lists.
func NewGate(o GateOptions) (*Gate, error) { return gate.New(o) }
