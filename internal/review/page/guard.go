package page

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"

	"go.uber.org/zap"

	"triage/internal/people"
	"triage/internal/review/say"
)

// contentPolicy lets a page use nothing but our own files.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// headers sets on every answer what keeps a page to itself.
func (s *Site) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		if s.Secure {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), visitKey{}, Visit{Words: say.In(language(r))})))
	})
}

// Visit is what is known about a request once the guard let it pass.
type Visit struct {
	// User is who is signed in, as she is now.
	User people.User
	// Words speaks the reader's language.
	Words *say.Words
	data  bool
}

type visitKey struct{}

// VisitOf is what is known about a request.
func VisitOf(r *http.Request) Visit {
	v, _ := r.Context().Value(visitKey{}).(Visit)
	if v.Words == nil {
		v.Words = say.In(say.English)
	}
	return v
}

// guard lets a request pass if its user may do what the route needs.
func (s *Site) guard(rt Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := VisitOf(r)
		v.data = rt.Data
		into := func() *http.Request { return r.WithContext(context.WithValue(r.Context(), visitKey{}, v)) }
		if rt.Need != Anyone {
			u, err := s.SignedIn(r)
			switch {
			case errors.Is(err, ErrSignedOut):
				s.AskToSignIn(w, into())
				return
			case err != nil:
				s.Fail(w, into(), err)
				return
			}
			v.User = u
			if !u.Role.May(rt.Need) {
				s.Log.Info("refused for the role", zap.String("user", u.Name), zap.String("route", rt.Pattern))
				s.Fail(w, into(), ErrRole)
				return
			}
			if s.halfway(r, rt, u) {
				s.Fail(w, into(), ErrSecond)
				return
			}
		}
		r = into()
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		if err := rt.Handle(w, r); err != nil {
			s.Fail(w, r, err)
		}
	})
}

// halfway reports whether somebody who came in by her password alone needs a second
// step by now, such as after a new role, and has none yet. Her account, where she sets
// one up, is open to her.
func (s *Site) halfway(r *http.Request, rt Route, u people.User) bool {
	return rt.Need != people.See && s.People.SetUp(u) && s.Sessions.GetString(r.Context(), people.SessionBy) == ""
}

// manages reports whether a role has something to manage.
func manages(r people.Role) bool { return r.May(people.Manage) || r.May(people.Configure) }

// maxForm is the largest form in bytes: two long texts.
const maxForm = 256 << 10

// ErrSignedOut says that the request belongs to nobody who is signed in.
var ErrSignedOut = errors.New("signed out")

// SignedIn finds whose request it is, as the user is now: one who was disabled
// or got another password is out at once. It returns ErrSignedOut for nobody's.
func (s *Site) SignedIn(r *http.Request) (people.User, error) {
	ctx := r.Context()
	name := s.Sessions.GetString(ctx, people.SessionUser)
	if name == "" {
		return people.User{}, ErrSignedOut
	}
	u, err := s.People.Get(ctx, name)
	if errors.Is(err, people.ErrNotFound) {
		return people.User{}, ErrSignedOut
	}
	if err != nil {
		return people.User{}, err
	}
	if u.Disabled || u.Mark() != s.Sessions.GetString(ctx, people.SessionMark) {
		return people.User{}, ErrSignedOut
	}
	return u, nil
}

// AskToSignIn sends a reader to the sign-in page, and back afterwards. What she typed
// into a form would be lost on the way, so that a form is answered with a page that
// says how to keep it.
func (s *Site) AskToSignIn(w http.ResponseWriter, r *http.Request) {
	switch {
	case VisitOf(r).data:
		s.Fail(w, r, ErrSignIn)
		return
	case r.Method == http.MethodPost && r.URL.Path != "/logout":
		s.Fail(w, r, ErrGoBack)
		return
	}
	to := "/login"
	if r.Method == http.MethodGet && r.URL.Path != "/" && Local(r.URL.Path) != "/" {
		to += "?" + url.Values{"next": {r.URL.Path}}.Encode()
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// foreign answers a change that another site asked for.
func (s *Site) foreign(w http.ResponseWriter, r *http.Request) { s.Fail(w, r, ErrForeign) }

// Nowhere answers for addresses that do not exist.
func (s *Site) Nowhere(http.ResponseWriter, *http.Request) error { return ErrNowhere }

var (
	ownPath  = regexp.MustCompile(`^/cases/[a-z0-9-]{1,64}$`)
	ownPages = []string{"/account", "/on-call", "/people", "/settings"}
	ofOffice = regexp.MustCompile(`^/(people/[a-z][a-z0-9_-]{0,31}|settings/[a-z][a-z0-9_.]{0,63})$`)
)

// Local is where to go after signing in: a page of the desk, never elsewhere.
func Local(next string) string {
	if ownPath.MatchString(next) || ofOffice.MatchString(next) || slices.Contains(ownPages, next) {
		return next
	}
	return "/"
}

// CaseID is the id in the address of a case's page; empty: it can be none.
func CaseID(r *http.Request) string {
	if id := r.PathValue("id"); ownPath.MatchString("/cases/" + id) {
		return id
	}
	return ""
}
