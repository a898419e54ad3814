// Package review is the desk: the pages on which people of the practice see
// what needs them and decide it. It shows and asks; every decision is taken,
// checked and recorded by respond.Desk.
package review

import (
	"cmp"
	"errors"
	"io/fs"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
	"go.uber.org/zap"

	"triage/internal/ingest"
	"triage/internal/people"
	"triage/internal/respond"
	"triage/internal/review/account"
	"triage/internal/review/cases"
	"triage/internal/review/page"
	"triage/internal/review/queue"
)

// Options is what the desk is built from.
type Options struct {
	Desk   *respond.Desk
	People *people.People
	// Audit keeps who signed in and out; nil: nobody does. What happens to a case
	// is in its history.
	Audit page.Audit
	// Sessions keeps who is signed in; nil keeps it in memory. It sees hashes
	// of tokens only: 64 hexadecimal digits.
	Sessions scs.Store
	// Practice is the name shown on every page.
	Practice string
	// Health tells how reading the accounts goes; nil: nothing is known.
	Health func() []ingest.Health
	// OnCall says who is called at this time, such as "Dana until 18:00"; nil: not
	// known.
	OnCall func() string
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

// pages are all pages of the desk.
type pages struct {
	*page.Site
	account *account.Pages
	queue   *queue.Pages
	cases   *cases.Pages
}

// New returns the desk. It serves everything below /, and needs nothing
// around it but the listener.
func New(o Options) (http.Handler, error) {
	p, err := open(o)
	if err != nil {
		return nil, err
	}
	return p.Handler(p.routes()), nil
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
	site := &page.Site{People: o.People, Audit: o.Audit, Practice: o.Practice, OnCall: o.OnCall, Log: o.Log, Now: o.Now,
		Secure: o.Secure, Shadow: func() bool { return o.Desk.Rules().Shadow }}
	err := site.Open(page.Options{Store: o.Sessions, Idle: cmp.Or(o.Idle, 30*time.Minute),
		Files: []fs.FS{account.Files, queue.Files, cases.Files}})
	if err != nil {
		return nil, err
	}
	q := &queue.Pages{Site: site, Desk: o.Desk, Health: o.Health}
	return &pages{Site: site, account: &account.Pages{Site: site}, queue: q,
		cases: &cases.Pages{Site: site, Desk: o.Desk, Beside: q.Beside}}, nil
}
