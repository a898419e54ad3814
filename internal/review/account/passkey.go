package account

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"go.uber.org/zap"

	"triage/internal/people"
	"triage/internal/review/page"
)

// sessionAsked holds what a passkey was asked, until it answers.
const sessionAsked = "asked"

// errKeys is where there are no passkeys.
var errKeys = &page.Refusal{Status: http.StatusNotFound, Title: "No passkeys here",
	Say: "Passkeys need a page with a name, and this one is reached by a number. Sign in with your name and password."}

// errSlow is for scripts that ask too often.
var errSlow = &page.Refusal{Status: http.StatusTooManyRequests, Title: "Too many attempts", Say: saySlow}

// AskPasskey asks for any passkey of this page.
func (p *Pages) AskPasskey(w http.ResponseWriter, r *http.Request) error {
	if p.Keys == nil {
		return errKeys
	}
	ask, keep, err := p.Keys.Ask(r.RemoteAddr)
	if errors.Is(err, people.ErrSlow) {
		return errSlow
	}
	if err != nil {
		return err
	}
	return p.asked(w, r, ask, keep)
}

// asked remembers what is to be kept of a question, and sends it.
func (p *Pages) asked(w http.ResponseWriter, r *http.Request, ask, keep []byte) error {
	ctx := r.Context()
	p.Sessions.Put(ctx, sessionAsked, keep)
	if p.Sessions.GetString(ctx, people.SessionUser) == "" && p.Sessions.GetString(ctx, halfUser) == "" {
		p.Sessions.SetDeadline(ctx, p.Now().Add(halfTime)) // nobody's: not to be kept for long
	}
	p.Answer(w, http.StatusOK, json.RawMessage(ask))
	return nil
}

// Passkey takes a passkey's answer, and lets its owner in. What was asked is asked
// once.
func (p *Pages) Passkey(w http.ResponseWriter, r *http.Request) error {
	if p.Keys == nil {
		return errKeys
	}
	if err := page.Form(r); err != nil {
		return err
	}
	next := page.Local(r.PostFormValue("next"))
	keep := p.Sessions.PopBytes(r.Context(), sessionAsked)
	u, err := p.Keys.SignIn(r.Context(), keep, []byte(r.PostFormValue("answer")), r.RemoteAddr)
	if err != nil {
		p.Log.Info("passkey refused", zap.Error(err))
		return p.deny(w, r, err, p.loginPage(r, "", next, sayPasskey))
	}
	return p.enter(w, r, u, way{people.ByPasskey, next})
}

// AskNewPasskey asks for a new passkey of whoever sets one up.
func (p *Pages) AskNewPasskey(w http.ResponseWriter, r *http.Request) error {
	u, _, _, err := p.whose(r)
	switch {
	case errors.Is(err, page.ErrSignedOut):
		return page.ErrSignIn
	case err != nil:
		return err
	case p.Keys == nil:
		return errKeys
	}
	ask, keep, err := p.Keys.Begin(r.Context(), u.Name)
	if err != nil {
		return err
	}
	return p.asked(w, r, ask, keep)
}

// AddPasskey adds the passkey that answered.
func (p *Pages) AddPasskey(w http.ResponseWriter, r *http.Request) error {
	if err := page.Form(r); err != nil {
		return err
	}
	u, half, next, err := p.whose(r)
	if err != nil {
		return p.unproven(w, r, err)
	}
	if p.Keys == nil {
		return errKeys
	}
	keep := p.Sessions.PopBytes(r.Context(), sessionAsked)
	label := cmp.Or(strings.TrimSpace(r.PostFormValue("label")), people.Browser(r.UserAgent()))
	now, codes, err := p.Keys.Add(r.Context(), u.Name, people.NewPasskey{Label: label, Keep: keep, Answer: []byte(r.PostFormValue("answer"))})
	var refused *people.RefusedError
	switch {
	case errors.As(err, &refused):
		return &page.Refusal{Status: http.StatusUnprocessableEntity, Title: "Not possible", Say: refused.Why}
	case errors.Is(err, people.ErrDenied):
		p.Log.Info("passkey not added", zap.String("user", u.Name), zap.Error(err))
		return &page.Refusal{Status: http.StatusUnprocessableEntity, Title: "No passkey was added",
			Say: "Your device did not make a passkey that can be used here. Nothing was changed. Try again, or set up an app instead."}
	case err != nil:
		return err
	}
	p.record(r, "passkey-added", u.Name, "")
	return p.secured(w, r, secured{now, codes, people.ByPasskey, half, next})
}
