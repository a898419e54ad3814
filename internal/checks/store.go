package checks

import (
	"context"
	"fmt"
	"time"

	"triage/internal/alert"
)

// Engine is the store's as far as it is looked at; *bus.Bus is one.
type Engine interface {
	// Fill is which share of the quota is taken, from 0 to 1.
	Fill() (float64, error)
	// Healthy says what is wrong with the store; a quota that is nearly used up is, too.
	Healthy() error
	// Behind counts what is kept on fewer servers at present than it should be.
	Behind(ctx context.Context) (int, error)
}

const (
	// fills and full are from which share of the quota on the team is told, and a person
	// is called: when nothing more fits, nothing new is taken.
	fills, full = 0.7, 0.9
	// choked is from which share on a store calls itself ill because of it.
	choked = 0.95
	// lags is how long a copy may be behind: after a server started anew it is for a while.
	lags = 2 * time.Minute
)

// Store says when the store runs full, and when it is kept on fewer servers than it
// should be. Nothing is lost then, but nothing is to go wrong besides.
type Store struct {
	Engine Engine
	// Now is the clock.
	Now func() time.Time

	behind since
}

// Name implements alert.Check.
func (*Store) Name() string { return "store" }

// Look implements alert.Check.
func (k *Store) Look(ctx context.Context) ([]alert.Alert, error) {
	share, err := k.Engine.Fill()
	if err != nil {
		return nil, err
	}
	n, err := k.Engine.Behind(ctx)
	if err != nil {
		return nil, err
	}
	var out []alert.Alert
	if share >= fills {
		a := alert.Alert{Key: "store/fill", Severity: alert.Tell, Count: 1, Calm: calm,
			What: fmt.Sprintf("the store is %.0f %% full: raise data.max_store or free space on the disk", 100*share)}
		if share >= full {
			a.Key, a.Severity = "store/full", alert.Page
		}
		out = append(out, a)
	}
	if at := k.behind.of(n > 0, k.Now()); n > 0 && k.Now().Sub(at) >= lags {
		out = append(out, alert.Alert{Key: "store/replicas", Severity: alert.Tell, Count: n, Since: at, Calm: lags,
			What: "a server of the store is away or behind: bring it back before another one fails"})
	}
	return out, nil
}

// Bus says when the store does not work: no answer, no quorum, damage.
type Bus struct {
	Engine Engine
	// Now is the clock.
	Now func() time.Time

	ill since
}

// Name implements alert.Check.
func (*Bus) Name() string { return "bus" }

// Look implements alert.Check. The reason is at /readyz, in the engine's own words too.
func (k *Bus) Look(context.Context) ([]alert.Alert, error) {
	ill := k.Engine.Healthy() != nil
	if share, err := k.Engine.Fill(); ill && err == nil && share > choked {
		ill = false // which Store says, and what to do
	}
	at := k.ill.of(ill, k.Now())
	if !ill {
		return nil, nil
	}
	return []alert.Alert{{Key: "bus/health", Severity: alert.Page, Count: 1, Since: at, Calm: time.Minute,
		What: "the store does not work as it should, and new comments may not come in: see /readyz and the log for what to do"}}, nil
}
