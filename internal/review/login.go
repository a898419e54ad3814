package review

import (
	"cmp"
	"errors"
	"maps"
	"net"
	"net/http"
	"regexp"
	"sync"
	"time"

	"go.uber.org/zap"

	"triage/internal/audit"
	"triage/internal/people"
)

// loginPage asks for name and password.
type loginPage struct {
	frame
	Name, Next, Say string
}

func (p *pages) showLogin(w http.ResponseWriter, r *http.Request) error {
	page := loginPage{frame: p.frame(r, "Sign in"), Next: local(r.URL.Query().Get("next"))}
	return p.render(w, http.StatusOK, "login", page)
}

// login signs somebody in and sends her to where she wanted to go.
func (p *pages) login(w http.ResponseWriter, r *http.Request) error {
	if err := form(r); err != nil {
		return err
	}
	ctx, name, next := r.Context(), r.PostFormValue("name"), local(r.PostFormValue("next"))
	u, err := p.People.Login(ctx, name, r.PostFormValue("password"), r.RemoteAddr)
	status, say := http.StatusForbidden, ""
	switch {
	case errors.Is(err, people.ErrSlow):
		w.Header().Set("Retry-After", "60")
		status, say = http.StatusTooManyRequests, "There were too many attempts from here. Nobody is locked out: wait a minute, then try again."
	case errors.Is(err, people.ErrDenied):
		say = "Name and password do not fit together. Try again, or ask an admin of the practice for a new password."
	case err != nil:
		return err
	}
	if err != nil {
		p.refused(r, status)
		p.Log.Info("sign-in refused", zap.String("remote", r.RemoteAddr), zap.Int("status", status))
		page := loginPage{frame: p.frame(r, "Sign in"), Name: name, Next: next, Say: say}
		return p.render(w, status, "login", page)
	}
	p.record(r, "signed-in", u.Name)
	if err := p.sessions.RenewToken(ctx); err != nil {
		return err
	}
	p.sessions.Put(ctx, sessionUser, u.Name)
	p.sessions.Put(ctx, sessionMark, u.Mark())
	p.sessions.Remove(ctx, sessionShown)
	p.Log.Info("signed in", zap.String("user", u.Name))
	http.Redirect(w, r, next, http.StatusSeeOther)
	return nil
}

// refused records that somebody was not let in: each attempt that counted, and of
// those that came too fast one for a place and minute. There is no end to them,
// and the audit forgets nothing.
func (p *pages) refused(r *http.Request, status int) {
	do := "sign-in-failed"
	if status == http.StatusTooManyRequests {
		if !p.throttled.first(people.Place(r.RemoteAddr), p.Now()) {
			return
		}
		do = "sign-in-throttled"
	}
	p.record(r, do, "")
}

// lately remembers for a minute of which places something was said. The zero
// value is ready.
type lately struct {
	mu   sync.Mutex
	said map[string]time.Time
}

// placesMost bounds what is said in a minute.
const placesMost = 1000

// first reports whether this is the first of the place within a minute.
func (l *lately) first(place string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	maps.DeleteFunc(l.said, func(_ string, at time.Time) bool { return now.Sub(at) >= time.Minute })
	if _, said := l.said[place]; said || len(l.said) >= placesMost {
		return false
	}
	if l.said == nil {
		l.said = map[string]time.Time{}
	}
	l.said[place] = now
	return true
}

// logout ends the session. First of all the browser forgets it: whoever sits
// there next is not to go on, whatever fails here.
func (p *pages) logout(w http.ResponseWriter, r *http.Request) error {
	ctx, user := r.Context(), visitOf(r).user.Name
	w.Header().Set("Clear-Site-Data", `"cache", "cookies", "storage"`)
	p.sessions.WriteSessionCookie(ctx, w, "", time.Time{})
	p.record(r, "signed-out", user)
	if err := p.sessions.Destroy(ctx); err != nil {
		p.Log.Error("signed out in the browser only, or not in the audit", zap.String("user", user), zap.Error(err))
	} else {
		p.Log.Info("signed out", zap.String("user", user))
	}
	http.Redirect(w, r, "/login", http.StatusSeeOther)
	return nil
}

// record puts into the audit who came and went, and from which address. Of one
// who was refused it holds no name: what is typed there may be a password. An
// audit that takes nothing is alerted elsewhere, and keeps nobody from the desk.
func (p *pages) record(r *http.Request, do, user string) {
	if p.Audit == nil {
		return
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	err = p.Audit.Append(r.Context(), audit.Act{By: cmp.Or(user, "nobody"), From: "page", Do: do, Note: "from " + host})
	if err != nil {
		p.Log.Error("not in the audit", zap.String("act", do), zap.String("user", user), zap.Error(err))
	}
}

var ownPath = regexp.MustCompile(`^/cases/[a-z0-9-]{1,64}$`)

// local is where to go after signing in: the queue or a case, never elsewhere.
func local(next string) string {
	if ownPath.MatchString(next) {
		return next
	}
	return "/"
}
