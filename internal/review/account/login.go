package account

import (
	"cmp"
	"errors"
	"maps"
	"net"
	"net/http"
	"sync"
	"time"

	"go.uber.org/zap"

	"triage/internal/audit"
	"triage/internal/people"
	"triage/internal/review/page"
)

// loginPage asks for name and password.
type loginPage struct {
	page.Frame
	Name, Next, Say string
}

// ShowLogin asks who is there.
func (p *Pages) ShowLogin(w http.ResponseWriter, r *http.Request) error {
	v := page.VisitOf(r)
	out := loginPage{Frame: p.Frame(r, v.Words.Say("Sign in")), Next: page.Local(r.URL.Query().Get("next"))}
	return p.Render(w, r, http.StatusOK, "login", out)
}

// Login signs somebody in and sends her to where she wanted to go.
func (p *Pages) Login(w http.ResponseWriter, r *http.Request) error {
	if err := page.Form(r); err != nil {
		return err
	}
	ctx, name, next := r.Context(), r.PostFormValue("name"), page.Local(r.PostFormValue("next"))
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
		v := page.VisitOf(r)
		p.Log.Info("sign-in refused", zap.String("remote", r.RemoteAddr), zap.Int("status", status))
		out := loginPage{Frame: p.Frame(r, v.Words.Say("Sign in")), Name: name, Next: next, Say: v.Words.Say(say)}
		return p.Render(w, r, status, "login", out)
	}
	p.record(r, "signed-in", u.Name)
	if err := p.SignIn(ctx, u); err != nil {
		return err
	}
	p.Log.Info("signed in", zap.String("user", u.Name))
	http.Redirect(w, r, next, http.StatusSeeOther)
	return nil
}

// refused records that somebody was not let in: each attempt that counted, and of
// those that came too fast one for a place and minute. There is no end to them,
// and the audit forgets nothing.
func (p *Pages) refused(r *http.Request, status int) {
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

// Logout ends the session. First of all the browser forgets it: whoever sits
// there next is not to go on, whatever fails here.
func (p *Pages) Logout(w http.ResponseWriter, r *http.Request) error {
	ctx, user := r.Context(), page.VisitOf(r).User.Name
	w.Header().Set("Clear-Site-Data", `"cache", "cookies", "storage"`)
	p.Sessions.WriteSessionCookie(ctx, w, "", time.Time{})
	p.record(r, "signed-out", user)
	if err := p.Sessions.Destroy(ctx); err != nil {
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
func (p *Pages) record(r *http.Request, do, user string) {
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
