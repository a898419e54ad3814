// Package page is what every page of the desk is made of and passes: the frame, the
// guard, sessions, and sentences for what goes wrong. It knows no case.
package page

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
	"go.uber.org/zap"

	"triage/internal/audit"
	"triage/internal/people"
)

// Audit keeps what was done.
type Audit interface {
	Append(ctx context.Context, acts ...audit.Act) error
}

// Site is the desk as its pages see it.
type Site struct {
	People *people.People
	// Audit keeps who came, went and was let in where; nil: nobody does.
	Audit Audit
	// Practice is the name shown on every page.
	Practice string
	// Duty says who is on call and what calls them; nil: there is no on-call.
	Duty func(v Visit) Duty
	// Shadow reports whether decisions are only recorded.
	Shadow func() bool
	Log    *zap.Logger
	// Now is the clock; times are shown in its location.
	Now func() time.Time
	// Secure: the desk is reached by https.
	Secure bool
	// Sessions keeps who is signed in.
	Sessions *scs.SessionManager

	look *look
}

// Options are what a Site is opened with beside its own fields.
type Options struct {
	// Store keeps sessions under hashes of their tokens; nil keeps them in memory.
	Store scs.Store
	// Idle ends a session that nobody used for so long.
	Idle time.Duration
	// Files hold the areas' templates/*.html, each a page, and assets/*.css and *.js,
	// which are put together in the order of their names.
	Files []fs.FS
}

// Open makes the site ready for pages.
func (s *Site) Open(o Options) error {
	if s.People == nil || s.Log == nil || s.Now == nil || s.Shadow == nil {
		return errors.New("open the desk: People, Log, Now and Shadow are needed")
	}
	l, err := newLook(append([]fs.FS{files}, o.Files...))
	if err != nil {
		return err
	}
	s.look, s.Sessions = l, s.newSessions(o)
	return nil
}

// Route is one address of the desk. GET shows; POST changes, then sends on.
type Route struct {
	Pattern string
	// Need is what the user must be allowed to do; nobody has the empty one.
	Need people.Permission
	// Data answers in JSON, and 401 instead of the sign-in page.
	Data bool
	// Quiet does not count as use of the session, whose cookie is left alone: the
	// page asks, not a person, or the session ends.
	Quiet  bool
	Handle Handler
}

// Handler shows or changes something. An error it returns is answered by Fail.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Anyone is the permission of routes that need no sign-in.
const Anyone people.Permission = "anyone"

// Handler puts the routes behind what every request passes.
func (s *Site) Handler(routes []Route) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /assets/{name}", s.look.serve)
	for _, rt := range routes {
		mux.Handle(rt.Pattern, s.session(rt, s.guard(rt)))
	}
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(s.foreign))
	return s.headers(cross.Handler(s.named(mux)))
}

// named refuses a change that no browser asked for: those all say where it comes from,
// in one header or the other.
func (s *Site) named(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		change := r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodOptions
		if change && r.Header.Get("Sec-Fetch-Site") == "" && r.Header.Get("Origin") == "" {
			s.foreign(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}
