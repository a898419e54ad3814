// Package control is the way in for commands: an HTTP interface on a socket in
// the data directory, which only the service's own user and root can open. A
// command says as whom it acts; what that user's role does not allow is refused
// here as it is on the page, and the operating-system user is audited too.
//
// Commands find the same interface when the service is stopped: they open the
// store themselves and serve it to themselves.
package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"

	"triage/internal/audit"
	"triage/internal/people"
	"triage/internal/respond"
	"triage/internal/settings"
	"triage/internal/store"
)

// Options is what commands reach.
type Options struct {
	Store  *store.Store
	People *people.People
	// Cases is the desk.
	Cases *respond.Desk
	// AuditKey verifies the audit.
	AuditKey []byte
	// BackupKey seals backups.
	BackupKey []byte
	// Practice is the name in backups and exports.
	Practice string
	// Page is how staff reach the page, for links.
	Page string
	// Policy is the version of the policy in force, for evidence.
	Policy string
	// Platforms are the platforms of the configured accounts.
	Platforms []string
	// Login tells of an account by platform and name, if the configuration has it and
	// a person can connect it: the app that it is connected by, and the hash of the
	// token in the configuration, if one is there.
	Login func(platform, account string) (client, seed string, ok bool)
	// Check asks the platforms whether the accounts can be used.
	Check func(context.Context) []Finding
	// Backfill has an account read from long ago.
	Backfill Backfiller
	// Sweep holds our own old replies against the rules, and SweepReport tells what
	// became of those that break them.
	Sweep       Sweeper
	SweepReport SweepReporter
	// Report writes a summary; nil: there is none.
	Report Reporter
	// Person is the author's id as it is kept, of one that a request names; nil:
	// they are the same.
	Person func(platform, author string) string
	Log    *zap.Logger
	// Now is the clock.
	Now func() time.Time
}

type control struct{ Options }

// act is one thing a command may ask for.
type act struct {
	needs people.Permission
	do    func(*control, http.ResponseWriter, *http.Request, caller) error
}

// anyone who can reach the socket may.
const anyone people.Permission = ""

var acts = map[string]act{
	"GET /users":           {people.Manage, (*control).users},
	"POST /users":          {people.Manage, (*control).addUser},
	"POST /users/passwd":   {people.Manage, (*control).setPassword},
	"POST /users/disable":  {people.Manage, (*control).disableUser},
	"POST /users/invite":   {people.Manage, (*control).invite},
	"POST /users/second":   {people.Manage, (*control).setSecond},
	"GET /users/sessions":  {people.Manage, (*control).sessions},
	"POST /users/sessions": {people.Manage, (*control).endSessions},
	"GET /settings":        {anyone, (*control).settings},
	"POST /settings":       {people.Configure, (*control).set},
	"GET /check":           {anyone, (*control).check},
	"POST /backfill":       {people.Connect, (*control).backfill},
	"POST /sweep":          {people.Inspect, (*control).sweep},
	"GET /sweep":           {people.Inspect, (*control).sweepReport},
	"GET /report":          {people.See, (*control).report},
	"GET /grants":          {people.Connect, (*control).mayConnect},
	"POST /grants":         {people.Connect, (*control).connect},
	"POST /erase":          {people.Erase, (*control).erase},
	"POST /label":          {people.Decide, (*control).label},
	"GET /labels":          {anyone, (*control).exportLabels}, // which looks itself
	"POST /audit/verify":   {people.Inspect, (*control).verify},
	"GET /audit/export":    {people.Inspect, (*control).export},
	"GET /backup/{part}":   {people.Maintain, (*control).backup},
}

// person is the author's id as it is kept.
func (c *control) person(platform, author string) string {
	if c.Person == nil {
		return author
	}
	return c.Person(platform, author)
}

// Handler answers commands.
func Handler(o Options) http.Handler {
	c := &control{o}
	mux := http.NewServeMux()
	routes := maps.Clone(acts)
	maps.Copy(routes, deciding)
	for route, a := range routes {
		mux.HandleFunc(route, func(w http.ResponseWriter, r *http.Request) {
			who, err := c.caller(r)
			if err == nil && a.needs != anyone && !who.role.May(a.needs) {
				err = &refusal{http.StatusForbidden, fmt.Sprintf("%s (%s) may not %s: name somebody who may with --as", who.act.By, who.role, a.needs)}
			}
			if err == nil {
				err = a.do(c, w, r, who)
			}
			if err != nil {
				c.fail(w, r, err)
			}
		})
	}
	return mux
}

// caller is who gave a command.
type caller struct {
	role people.Role
	// revealed: she asked for the words, which is recorded.
	revealed bool
	// act has By, OS and From filled in.
	act audit.Act
}

// As is the header that names the user as whom a command acts.
const As = "Triage-As"

// caller finds out who asks. Whoever names no user is the operator, under her
// name in the operating system.
func (c *control) caller(r *http.Request) (caller, error) {
	os := osUser(r.Context())
	who := caller{act: audit.Act{By: "os/" + os, OS: os, From: "command"}, role: people.Operator}
	name := normal(r.Header.Get(As))
	if name == "" {
		return who, nil
	}
	u, err := c.People.Get(r.Context(), name)
	if errors.Is(err, people.ErrNotFound) || err == nil && u.Disabled {
		return who, &refusal{http.StatusForbidden, fmt.Sprintf("--as %s: there is no such user, or she is shut out: see triage user list", name)}
	}
	who.role, who.act.By = u.Role, u.Name
	return who, err
}

// normal is the form in which users' names are kept.
func normal(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

// refusal is an answer in words for whoever gave the command.
type refusal struct {
	status int
	say    string
}

func (r *refusal) Error() string { return r.say }

// fail answers an error. What the command did wrong or cannot have is said; the
// rest too, since whoever is here may read the log as well.
func (c *control) fail(w http.ResponseWriter, r *http.Request, err error) {
	status := http.StatusInternalServerError
	var no *refusal
	var bad *people.RefusedError
	switch {
	case errors.As(err, &no):
		status = no.status
	case errors.As(err, &bad):
		status = http.StatusBadRequest
	case errors.Is(err, people.ErrNotFound), errors.Is(err, settings.ErrUnknown):
		status = http.StatusNotFound
	case errors.Is(err, settings.ErrRefused), errors.Is(err, audit.ErrAct):
		status = http.StatusBadRequest
	case errors.Is(err, people.ErrExists), errors.Is(err, people.ErrConflict), errors.Is(err, settings.ErrConflict):
		status = http.StatusConflict
	default:
		c.Log.Error("command failed", zap.String("command", r.Pattern), zap.Error(err))
	}
	answer(w, status, map[string]string{"error": err.Error()})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// read reads the JSON that a command sends.
func read[T any](r *http.Request) (T, error) {
	var in T
	dec := json.NewDecoder(http.MaxBytesReader(nil, r.Body, 1<<20))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&in); err != nil {
		return in, &refusal{http.StatusBadRequest, "the command sent something else than this version of the service understands: use the same version of triage"}
	}
	return in, nil
}

// stopTime is how long commands have to come to their end when the service stops.
var stopTime = 5 * time.Second

// Serve answers commands on the socket until ctx ends. It returns when none is
// under way any more.
func Serve(ctx context.Context, l net.Listener, h http.Handler) error {
	var busy sync.WaitGroup
	s := &http.Server{ReadHeaderTimeout: 10 * time.Second, ConnContext: withPeer}
	s.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		busy.Add(1)
		defer busy.Done()
		h.ServeHTTP(w, r)
	})
	ended := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(ended)
		end, cancel := context.WithTimeout(context.Background(), stopTime)
		defer cancel()
		if s.Shutdown(end) != nil {
			_ = s.Close() // ends the context of each
			busy.Wait()
		}
	})
	if err := s.Serve(l); stop() {
		return fmt.Errorf("serve commands: %w", err)
	}
	<-ended
	return nil
}
