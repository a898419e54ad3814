// Package office is where the practice decides how the desk works and who works at
// it: the pages of settings and of people. What a setting means is decided by its
// stage, who may sign in by people; these pages ask, tell and have it recorded.
package office

import (
	"embed"
	"net/http"
	"slices"
	"sync"

	"triage/internal/people"
	"triage/internal/review/page"
	"triage/internal/settings"
)

// Files are the pages' templates, styles and scripts.
//
//go:embed templates assets
var Files embed.FS

// Pages are the pages of settings and of people.
type Pages struct {
	*page.Site
	// Settings are what may be changed while the service runs; nil: nothing may.
	Settings *settings.Settings
	// Live are the sessions that there are; nil: they are not known.
	Live people.Sessions
	// URL is how staff reach the desk, for links that are handed over; empty: the
	// address by which it was asked for.
	URL string

	// turn lets one person at a time change who may do what, so that no two admins
	// shut each other out and leave nobody; for other processes see stillAdmin.
	turn sync.Mutex
}

// others counts who else may change settings: they can confirm what she proposes.
func (p *Pages) others(r *http.Request) (int, error) {
	all, err := p.People.All(r.Context())
	if err != nil {
		return 0, err
	}
	me := page.VisitOf(r).User.Name
	all = slices.DeleteFunc(all, func(u people.User) bool {
		return u.Name == me || !mayConfirm(u)
	})
	return len(all), nil
}
