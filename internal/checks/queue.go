package checks

import (
	"context"
	"errors"
	"fmt"
	"time"

	"triage/internal/alert"
	"triage/internal/respond"
)

// Queue says when cases come in hour after hour and nobody decides on any: whoever is on
// duty does not look. A viral hour is none: then they come at once.
type Queue struct {
	Desk *respond.Desk
	// Decided counts the cases on which people have decided since.
	Decided func(since time.Time) int
	// Page is the desk's address.
	Page string
	// Now is the clock.
	Now func() time.Time
}

// Name implements alert.Check.
func (Queue) Name() string { return "queue" }

// A queue grows when more than growMany cases are open, some came in each quarter of
// growFor, and nobody decided on one in all of it.
const (
	growMany = 20
	growFor  = 8 * time.Hour
)

// Look implements alert.Check.
func (k Queue) Look(context.Context) ([]alert.Alert, error) {
	var came [4]bool
	found, now := gathered{}, k.Now()
	for c := range k.Desk.Lively() {
		if !c.Open() || c.Lane == respond.LaneSample {
			continue
		}
		found.add(alert.Alert{Key: "queue/growing", Severity: alert.Tell, Since: c.Opened, Again: day, Link: k.Page + "/",
			What: "cases come in and nobody has decided on any for 8 hours: see who is on duty"}, k.Page+"/")
		if age := now.Sub(c.Opened); age >= 0 && age < growFor {
			came[age/(growFor/4)] = true
		}
	}
	a := found["queue/growing"]
	if a == nil || a.Count <= growMany || came != [4]bool{true, true, true, true} || k.Decided(now.Add(-growFor)) > 0 {
		return nil, nil
	}
	return found.list(), nil
}

// Dead counts the open cases of comments that could not be processed however often that
// was tried: what they say nobody knows, and a person has to look at the platform.
type Dead struct {
	Desk *respond.Desk
	// Page is the desk's address.
	Page string

	// known are the answers for versions of comments: what goes over all cases does not
	// know why one could not be judged.
	known map[string]bool
}

// Name implements alert.Check.
func (*Dead) Name() string { return "dead" }

// deadAsked is how many cases are read at one look: it may not take long.
const deadAsked = 500

// Look implements alert.Check. What it has not read yet it reads at the next looks.
func (k *Dead) Look(ctx context.Context) ([]alert.Alert, error) {
	found, known, asked := gathered{}, map[string]bool{}, 0
	for c := range k.Desk.Lively() {
		if c.Lane != respond.LaneLook || !c.Open() {
			continue
		}
		name := c.ID() + "." + c.Comment.Version
		dead, told := k.known[name]
		if !told && asked < deadAsked {
			asked++
			var err error
			if dead, err = k.unhandled(ctx, c); err != nil {
				return nil, err
			}
			told = true
		}
		if told {
			known[name] = dead
		}
		if dead {
			found.add(alert.Alert{Key: "dead/letters", Severity: alert.Tell, Since: c.Opened, Latest: c.Opened, Link: toCase(k.Page, c),
				What: "comment that could not be processed: look at it on its platform, and see the log"}, toQueue(k.Page, c.Lane, ""))
		}
	}
	k.known = known
	return found.list(), nil
}

func (k *Dead) unhandled(ctx context.Context, c *respond.Case) (bool, error) {
	if c.Whole() {
		return c.Judgement.WhyNot == respond.NotHandled, nil
	}
	whole, err := k.Desk.Cases.Get(ctx, c.ID())
	if errors.Is(err, respond.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look at what could not be processed: %w", err)
	}
	return whole.Judgement.WhyNot == respond.NotHandled, nil
}
