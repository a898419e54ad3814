package account

import (
	"errors"
	"net/http"

	"triage/internal/people"
	"triage/internal/review/page"
)

// welcomePage asks one who was invited for her link's code, and then for a password.
type welcomePage struct {
	said
	Code string
	// Name is whose code it is; empty: that is not known yet.
	Name string
}

// ShowWelcome asks one who was invited for a password. Its address carries no code: a
// script reads that from behind the #, which no proxy sees, or people type it.
func (p *Pages) ShowWelcome(w http.ResponseWriter, r *http.Request) error {
	return p.Render(w, r, http.StatusOK, "welcome", welcomePage{said: p.said(r, "Welcome", "")})
}

// Welcome takes the code of one who was invited and tells her her name; with a password
// too, it lets her in.
func (p *Pages) Welcome(w http.ResponseWriter, r *http.Request) error {
	if err := page.Form(r); err != nil {
		return err
	}
	code, password := r.PostFormValue("code"), r.PostFormValue("password")
	u, err := p.People.Invitee(r.Context(), code, r.RemoteAddr)
	name := u.Name
	if err == nil && password == "" {
		return p.Render(w, r, http.StatusOK, "welcome", welcomePage{p.said(r, "Choose your password", ""), code, name})
	}
	if err == nil {
		u, err = p.People.Accept(r.Context(), code, password, r.RemoteAddr)
	}
	var refused *people.RefusedError
	status, say := http.StatusForbidden, "This link is not good any more: each can be used once, for a day. Ask an admin of the practice for a new one."
	switch {
	case errors.As(err, &refused):
		status, say = http.StatusUnprocessableEntity, refused.Why
	case errors.Is(err, people.ErrSlow):
		w.Header().Set("Retry-After", "60")
		status, say = http.StatusTooManyRequests, saySlow
	case err != nil && !errors.Is(err, people.ErrInvitation):
		return err
	}
	if err != nil {
		if refused == nil {
			p.refused(r, status)
		}
		return p.Render(w, r, status, "welcome", welcomePage{p.said(r, "Choose your password", say), code, name})
	}
	p.record(r, "password-chosen", u.Name, "by invitation")
	return p.onward(w, r, u, "/")
}
