package review

import (
	"errors"
	"net/http"
	"regexp"

	"go.uber.org/zap"

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
		p.Log.Info("sign-in refused", zap.String("remote", r.RemoteAddr), zap.Int("status", status))
		page := loginPage{frame: p.frame(r, "Sign in"), Name: name, Next: next, Say: say}
		return p.render(w, status, "login", page)
	}
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

// logout ends the session here and forgets it in the browser.
func (p *pages) logout(w http.ResponseWriter, r *http.Request) error {
	if err := p.sessions.Destroy(r.Context()); err != nil {
		return err
	}
	p.Log.Info("signed out", zap.String("user", visitOf(r).user.Name))
	w.Header().Set("Clear-Site-Data", `"cache", "cookies", "storage"`)
	http.Redirect(w, r, "/login", http.StatusSeeOther)
	return nil
}

var ownPath = regexp.MustCompile(`^/cases/[a-z0-9-]{1,64}$`)

// local is where to go after signing in: the queue or a case, never elsewhere.
func local(next string) string {
	if ownPath.MatchString(next) {
		return next
	}
	return "/"
}
