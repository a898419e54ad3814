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

	"triage/internal/alert"
	"triage/internal/ingest"
	"triage/internal/people"
	"triage/internal/respond"
	"triage/internal/respond/board"
	"triage/internal/review/account"
	"triage/internal/review/cases"
	"triage/internal/review/live"
	"triage/internal/review/office"
	"triage/internal/review/oncall"
	"triage/internal/review/page"
	"triage/internal/review/queue"
	"triage/internal/settings"
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
	// Calls is what is wrong now, who is called and who deals with it; nil: there is no
	// on-call page. Times are shown by its plan's clock there.
	Calls *alert.Duty
	// Pace is the pager's, so that the on-call page says when it calls again.
	Pace alert.Pace
	Log  *zap.Logger
	// Now is the clock; times are shown in its location. nil is time.Now.
	Now func() time.Time
	// Secure: the desk is reached by https. False is for http on a loopback
	// address only.
	Secure bool
	// Idle ends a session that nobody used for so long; 0 is 15 minutes. Every
	// session ends after 12 hours.
	Idle time.Duration
	// URL is how staff reach the page. Passkeys belong to its name; without one there
	// are none.
	URL string
	// Provider signs people in with an account that they have elsewhere, called
	// ProviderName; nil: none.
	Provider     *people.Provider
	ProviderName string
	// Settings are what people may change while the service runs; nil: nothing.
	Settings *settings.Settings
	// Board lists the cases of Desk; nil: they are gone over whenever a list is shown.
	Board *board.Board
	// Presence knows who looks at which case, in all processes; nil: nobody does.
	Presence live.Presence
	// OnChange has f called after each change of a case or of who looks at one, in
	// whatever process; nil: open pages are told some seconds later.
	OnChange func(f func())
}

// pages are all pages of the desk.
type pages struct {
	*page.Site
	account *account.Pages
	queue   *queue.Pages
	cases   *cases.Pages
	office  *office.Pages
	oncall  *oncall.Pages
	streams *live.Streams
}

// desk serves the pages. Close ends the streams of those that are open, so that the
// server can stop.
type desk struct {
	http.Handler
	*live.Streams
}

// New returns the desk. It serves everything below /, and needs nothing
// around it but the listener.
func New(o Options) (http.Handler, error) {
	p, err := open(o)
	if err != nil {
		return nil, err
	}
	return desk{p.Handler(p.routes()), p.streams}, nil
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
	if o.Board == nil {
		o.Board = board.Over(o.Desk.Cases)
	}
	if o.Presence == nil {
		o.Presence = live.Nobody{}
	}
	site := &page.Site{People: o.People, Audit: o.Audit, Practice: o.Practice, Log: o.Log, Now: o.Now,
		Secure: o.Secure, Shadow: func() bool { return o.Desk.Rules().Shadow }}
	err := site.Open(page.Options{Store: o.Sessions, Idle: cmp.Or(o.Idle, 15*time.Minute),
		Files: []fs.FS{live.Files, account.Files, queue.Files, cases.Files, office.Files, oncall.Files}})
	if err != nil {
		return nil, err
	}
	q := &queue.Pages{Site: site, Desk: o.Desk, Board: o.Board, Health: o.Health, Here: o.Presence.Here}
	p := &pages{Site: site, account: newAccount(site, o), queue: q,
		cases: &cases.Pages{Site: site, Desk: o.Desk, Beside: q.Beside, Here: o.Presence.Here, Pass: o.Presence.Pass}, office: newOffice(site, o),
		oncall: &oncall.Pages{Site: site, Calls: o.Calls, Pace: o.Pace}}
	site.Duty = p.oncall.Duty
	p.streams = &live.Streams{Site: site, News: p.news, Presence: o.Presence, Call: func(v page.Visit) any { return p.oncall.CallOf(v) }}
	if o.OnChange != nil {
		o.OnChange(p.streams.Wake)
	}
	return p, nil
}

// news is what the page of a stream is told.
func (p *pages) news(r *http.Request, v page.Visit) (any, error) {
	of := r.URL.Query()
	if id := live.CaseOf(r); id != "" {
		return p.cases.NewsOf(r.Context(), v, id, of)
	}
	if seen := of.Get("on-call"); seen != "" {
		return p.oncall.NewsOf(v, seen), nil
	}
	return p.queue.NewsOf(v, of)
}

// newAccount are the pages about one's own access.
func newAccount(site *page.Site, o Options) *account.Pages {
	p := &account.Pages{Site: site, Provider: o.Provider, ProviderName: o.ProviderName}
	p.Live, _ = o.Sessions.(people.Sessions)
	if keys, err := people.NewPasskeys(o.People, o.URL, o.Practice); err == nil {
		p.Keys = keys
	} else if o.URL != "" {
		o.Log.Info("there are no passkeys", zap.Error(err))
	}
	return p
}

// newOffice are the pages of settings and of people.
func newOffice(site *page.Site, o Options) *office.Pages {
	p := &office.Pages{Site: site, Settings: o.Settings, URL: o.URL}
	p.Live, _ = o.Sessions.(people.Sessions)
	return p
}
