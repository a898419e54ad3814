package account

import (
	"errors"
	"maps"
	"net/http"
	"sync"
	"time"

	"go.uber.org/zap"

	"triage/internal/people"
	"triage/internal/review/page"
)

// loginPage asks for name and password, or for another way in.
type loginPage struct {
	said
	Name, Next string
	// Passkeys and Provider are the other ways that there are.
	Passkeys bool
	Provider string
}

func (p *Pages) loginPage(r *http.Request, name, next, say string) loginPage {
	out := loginPage{said: p.said(r, "Sign in", say), Name: name, Next: next, Passkeys: p.Keys != nil}
	if p.Provider != nil {
		out.Provider = p.ProviderName
	}
	return out
}

// ShowLogin asks who is there.
func (p *Pages) ShowLogin(w http.ResponseWriter, r *http.Request) error {
	return p.Render(w, r, http.StatusOK, "login", p.loginPage(r, "", page.Local(r.URL.Query().Get("next")), ""))
}

// What is said to one who is not let in.
const (
	saySlow     = "There were too many attempts from here. Nobody is locked out: wait a minute, then try again."
	sayDenied   = "Name and password do not fit together. Try again, or ask an admin of the practice for a link to choose a new password."
	sayPasskey  = "This passkey was not taken. Try again, or sign in with your name and password."
	sayStranger = "This account is nobody's here. Ask an admin of the practice, or sign in with your name and password."
	sayProvider = "The other service did not answer as it should. Try again in a minute, or sign in with your name and password."
	sayLate     = "This took too long, or it began in another browser. Please sign in again."
)

// Login takes a name and a password, and lets somebody in or asks for the second
// step.
func (p *Pages) Login(w http.ResponseWriter, r *http.Request) error {
	if err := page.Form(r); err != nil {
		return err
	}
	name, next := r.PostFormValue("name"), page.Local(r.PostFormValue("next"))
	u, err := p.People.Login(r.Context(), name, r.PostFormValue("password"), r.RemoteAddr)
	if err != nil {
		return p.deny(w, r, err, p.loginPage(r, name, next, sayDenied))
	}
	return p.onward(w, r, u, next)
}

// deny answers one who is not let in, on the page where she may try again.
func (p *Pages) deny(w http.ResponseWriter, r *http.Request, err error, again loginPage) error {
	status, say := http.StatusForbidden, ""
	switch {
	case errors.Is(err, people.ErrSlow):
		w.Header().Set("Retry-After", "60")
		status, say = http.StatusTooManyRequests, saySlow
	case errors.Is(err, people.ErrStranger):
		say = sayStranger
	case errors.Is(err, people.ErrProvider):
		p.Log.Warn("the provider of identities", zap.Error(err))
		status, say = http.StatusBadGateway, sayProvider
	case !errors.Is(err, people.ErrDenied):
		return err
	}
	if status != http.StatusBadGateway { // nobody was refused: it could not be asked
		p.refused(r, status)
	}
	p.Log.Info("sign-in refused", zap.String("remote", r.RemoteAddr), zap.Int("status", status))
	if say != "" {
		again.Say = page.VisitOf(r).Words.Whole(say)
	}
	return p.Render(w, r, status, "login", again)
}

// way is how somebody comes in, beside or in place of a password, and where she goes.
type way struct{ by, next string }

// enter signs somebody in and sends her to where she wanted to go.
func (p *Pages) enter(w http.ResponseWriter, r *http.Request, u people.User, in way) error {
	if err := p.arrive(r, u, in.by); err != nil {
		return err
	}
	http.Redirect(w, r, in.next, http.StatusSeeOther)
	return nil
}

// arrive signs somebody in; by says how, beside or in place of a password.
func (p *Pages) arrive(r *http.Request, u people.User, by string) error {
	note := ""
	if by != "" {
		note = "by " + by
	}
	p.record(r, "signed-in", u.Name, note)
	if err := p.SignIn(r, u, by); err != nil {
		return err
	}
	p.Log.Info("signed in", zap.String("user", u.Name), zap.String("by", by))
	p.prove(r)
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
	p.record(r, do, "", "")
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
	p.record(r, "signed-out", user, "")
	if err := p.Sessions.Destroy(ctx); err != nil {
		p.Log.Error("signed out in the browser only, or not in the audit", zap.String("user", user), zap.Error(err))
	} else {
		p.Log.Info("signed out", zap.String("user", user))
	}
	http.Redirect(w, r, "/login", http.StatusSeeOther)
	return nil
}
