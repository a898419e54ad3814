package account

import (
	"errors"
	"net/http"
	"time"

	"go.uber.org/zap"

	"triage/internal/people"
	"triage/internal/review/page"
)

// What a session holds between the password and the second step, and for how long.
const (
	halfUser = "half"
	halfMark = "half-mark"
	halfAt   = "half-at"
	halfNext = "half-next"
	halfTime = 10 * time.Minute
)

// onward lets in somebody who gave her password, or remembers that she did and asks
// for the rest.
func (p *Pages) onward(w http.ResponseWriter, r *http.Request, u people.User, next string) error {
	ctx, to := r.Context(), "/login/code"
	switch {
	case u.Second():
	case p.People.SetUp(u):
		to = "/login/setup"
	default:
		return p.enter(w, r, u, way{"", next})
	}
	if err := p.Begin(ctx); err != nil {
		return err
	}
	p.Sessions.Put(ctx, halfUser, u.Name)
	p.Sessions.Put(ctx, halfMark, u.Mark())
	p.Sessions.Put(ctx, halfAt, p.Now().Unix())
	p.Sessions.Put(ctx, halfNext, next)
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// half is who gave her password and not the rest, as she is now, and where she wants
// to go. It returns page.ErrSignedOut where nobody did, or too long ago.
func (p *Pages) half(r *http.Request) (u people.User, next string, err error) {
	ctx := r.Context()
	name := p.Sessions.GetString(ctx, halfUser)
	if name == "" || p.Now().Sub(time.Unix(p.Sessions.GetInt64(ctx, halfAt), 0)) > halfTime {
		return u, "", page.ErrSignedOut
	}
	u, err = p.People.Get(ctx, name)
	if errors.Is(err, people.ErrNotFound) || err == nil && (u.Disabled || u.Mark() != p.Sessions.GetString(ctx, halfMark)) {
		return people.User{}, "", page.ErrSignedOut
	}
	return u, page.Local(p.Sessions.GetString(ctx, halfNext)), err
}

// again sends somebody to the beginning who took too long.
func again(w http.ResponseWriter, r *http.Request, err error) error {
	if !errors.Is(err, page.ErrSignedOut) {
		return err
	}
	http.Redirect(w, r, "/login", http.StatusSeeOther)
	return nil
}

// codePage asks for the second step.
type codePage struct {
	said
	// App, Passkeys and Recovery are the ways that she has.
	App, Passkeys bool
	Recovery      int
	// Guessed: somebody who knows her password gave wrong codes.
	Guessed bool
}

// warnWrong is from how many wrong codes on she is told of them.
const warnWrong = 5

func (p *Pages) codePage(r *http.Request, u people.User, say string) codePage {
	return codePage{said: p.said(r, "One more step", say), App: u.TOTP.Secret != "", Passkeys: p.Keys != nil && len(u.Passkeys) > 0,
		Recovery: len(u.Recovery.Left), Guessed: u.TOTP.Wrong >= warnWrong}
}

// ShowCode asks for the second step.
func (p *Pages) ShowCode(w http.ResponseWriter, r *http.Request) error {
	u, _, err := p.half(r)
	if err != nil {
		return again(w, r, err)
	}
	return p.Render(w, r, http.StatusOK, "code", p.codePage(r, u, ""))
}

// What is said of a code that is not taken.
const (
	sayCode     = "This code was not taken. A code from the app is good for thirty seconds and once; a recovery code once. Wait for the next one and try again."
	saySlowCode = "There were too many wrong codes. Wait a while, or use a recovery code or a passkey. An admin of the practice can help you with a link."
)

// Code takes the second step.
func (p *Pages) Code(w http.ResponseWriter, r *http.Request) error {
	if err := page.Form(r); err != nil {
		return err
	}
	u, next, err := p.half(r)
	if err != nil {
		return again(w, r, err)
	}
	now, by, err := p.People.Confirm(r.Context(), u.Name, r.PostFormValue("code"), r.RemoteAddr)
	if err != nil {
		return p.wrongCode(w, r, u, err)
	}
	return p.enter(w, r, now, way{by, next})
}

func (p *Pages) wrongCode(w http.ResponseWriter, r *http.Request, u people.User, err error) error {
	status, say := http.StatusForbidden, sayCode
	switch {
	case errors.Is(err, people.ErrSlow):
		w.Header().Set("Retry-After", "60")
		status, say = http.StatusTooManyRequests, saySlowCode
	case !errors.Is(err, people.ErrCode) && !errors.Is(err, people.ErrConflict):
		return err
	}
	if status == http.StatusForbidden || p.throttled.first(people.Place(r.RemoteAddr), p.Now()) {
		p.record(r, "second-step-failed", u.Name, "")
	}
	p.Log.Info("second step refused", zap.String("user", u.Name), zap.Int("status", status))
	return p.Render(w, r, status, "code", p.codePage(r, u, say))
}
