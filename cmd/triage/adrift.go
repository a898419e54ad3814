package main

import (
	"context"
	"sync/atomic"
	"time"

	"triage/internal/alert"
)

// adrift is the check of the lifeboat: without the store nobody can hold the pager's lease,
// so each process says by itself that it has lost it.
type adrift struct {
	healthy func() error
	now     func() time.Time

	paging atomic.Bool // the pager runs here, and says it itself
	since  time.Time
}

// lost is how long the store may be away before people are called: a server that starts
// anew and another leader take less.
const lost = 90 * time.Second

// pages notes that the pager runs here, until the returned function is called.
func (a *adrift) pages() (ended func()) {
	a.paging.Store(true)
	return func() { a.paging.Store(false) }
}

// Name implements alert.Check.
func (*adrift) Name() string { return "bus" }

// Look implements alert.Check.
func (a *adrift) Look(context.Context) ([]alert.Alert, error) {
	if a.healthy() == nil || a.paging.Load() {
		a.since = time.Time{}
		return nil, nil
	}
	if a.since.IsZero() {
		a.since = a.now()
	}
	if a.now().Sub(a.since) < lost {
		return nil, nil
	}
	return []alert.Alert{{Key: "bus/lost", Severity: alert.Page, Count: 1, Since: a.since, Again: time.Hour,
		What: "the store cannot be reached: comments are not judged and nobody is called about them: see that NATS runs and has room"}}, nil
}
