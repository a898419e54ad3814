// Package review is the desk: the pages on which people of the practice see
// what needs them and decide it. It shows and asks; every decision is taken,
// checked and recorded by respond.Desk.
package review

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
	"go.uber.org/zap"

	"triage/internal/audit"
	"triage/internal/ingest"
	"triage/internal/people"
	"triage/internal/respond"
)

// Options is what the desk is built from.
type Options struct {
	Desk   *respond.Desk
	People *people.People
	// Audit keeps who signed in and out; nil: nobody does. What happens to a case
	// is in its history.
	Audit Audit
	// Sessions keeps who is signed in; nil keeps it in memory. It sees hashes
	// of tokens only: 64 hexadecimal digits.
	Sessions scs.Store
	// Practice is the name shown on every page.
	Practice string
	// Health tells how reading the accounts goes; nil: nothing is known.
	Health func() []ingest.Health
	// OnCall says who is called at this time, such as "Dana until 18:00".
	OnCall string
	Log    *zap.Logger
	// Now is the clock; times are shown in its location. nil is time.Now.
	Now func() time.Time
	// Secure: the desk is reached by https. False is for http on a loopback
	// address only.
	Secure bool
	// Idle ends a session that nobody used for so long; 0 is 30 minutes. Every
	// session ends after 12 hours.
	Idle time.Duration
}

// Audit keeps what was done.
type Audit interface {
	Append(ctx context.Context, acts ...audit.Act) error
}

// pages is the desk at work.
type pages struct {
	Options
	sessions  *scs.SessionManager
	look      *look
	throttled lately
}

// New returns the desk. It serves everything below /, and needs nothing
// around it but the listener.
func New(o Options) (http.Handler, error) {
	p, err := open(o)
	if err != nil {
		return nil, err
	}
	return p.handler(), nil
}

func open(o Options) (*pages, error) {
	if o.Desk == nil || o.People == nil {
		return nil, errors.New("open the desk: Desk and People are needed")
	}
	if o.Log == nil {
		o.Log = zap.NewNop()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Health == nil {
		o.Health = func() []ingest.Health { return nil }
	}
	if o.Idle == 0 {
		o.Idle = 30 * time.Minute
	}
	l, err := newLook()
	if err != nil {
		return nil, err
	}
	p := &pages{Options: o, look: l}
	p.sessions = p.newSessions()
	return p, nil
}

// shadow reports whether decisions are only recorded.
func (p *pages) shadow() bool { return p.Desk.Rules().Shadow }
