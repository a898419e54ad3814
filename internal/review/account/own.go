package account

import (
	"errors"
	"net/http"
	"time"

	"triage/internal/people"
	"triage/internal/review/page"
)

// sessionProved is when somebody last showed who she is, in Unix seconds.
const sessionProved = "proved"

// provedFor is for how long that is enough to change how she signs in.
const provedFor = 10 * time.Minute

func (p *Pages) prove(r *http.Request) { p.Sessions.Put(r.Context(), sessionProved, p.Now().Unix()) }

func (p *Pages) proved(r *http.Request) bool {
	return p.Now().Sub(time.Unix(p.Sessions.GetInt64(r.Context(), sessionProved), 0)) < provedFor
}

// errProve is for a script that asks for somebody who has to show again who she is.
var errProve = &page.Refusal{Status: http.StatusForbidden, Title: "Please show that it is you",
	Say: "Changing how you sign in needs your password or a passkey once more. Nothing was changed. Go to your account and try again."}

// unproven sends somebody to show that it is she, or to sign in.
func (p *Pages) unproven(w http.ResponseWriter, r *http.Request, err error) error {
	if errors.Is(err, errProve) {
		http.Redirect(w, r, "/account/prove", http.StatusSeeOther)
		return nil
	}
	return again(w, r, err)
}

// provePage asks somebody to show that it is she.
type provePage struct {
	said
	Password, Passkeys bool
}

func (p *Pages) provePage(r *http.Request, say string) provePage {
	u := page.VisitOf(r).User
	return provePage{p.said(r, "Please show that it is you", say), u.Hash != "", p.Keys != nil && len(u.Passkeys) > 0}
}

// ShowProve asks somebody to show that it is she.
func (p *Pages) ShowProve(w http.ResponseWriter, r *http.Request) error {
	return p.Render(w, r, http.StatusOK, "prove", p.provePage(r, ""))
}

// Prove takes a password or a passkey of whoever is signed in.
func (p *Pages) Prove(w http.ResponseWriter, r *http.Request) error {
	if err := page.Form(r); err != nil {
		return err
	}
	me, err := page.VisitOf(r).User, error(nil)
	var u people.User
	if answer := r.PostFormValue("answer"); answer != "" && p.Keys != nil {
		u, err = p.Keys.SignIn(r.Context(), p.Sessions.PopBytes(r.Context(), sessionAsked), []byte(answer), r.RemoteAddr)
	} else {
		u, err = p.People.Login(r.Context(), me.Name, r.PostFormValue("password"), r.RemoteAddr)
	}
	switch {
	case errors.Is(err, people.ErrSlow):
		return p.Render(w, r, http.StatusTooManyRequests, "prove", p.provePage(r, saySlow))
	case errors.Is(err, people.ErrDenied) || err == nil && u.Name != me.Name:
		p.record(r, "proof-failed", me.Name, "")
		return p.Render(w, r, http.StatusUnprocessableEntity, "prove", p.provePage(r, "This was not yours. Try again."))
	case err != nil:
		return err
	}
	if err := p.Stay(r.Context(), u); err != nil {
		return err
	}
	p.prove(r)
	return back(w, r)
}

// own is a change of how somebody signs in, for one who proved lately that it is she.
func (p *Pages) own(w http.ResponseWriter, r *http.Request, change func(people.User) error) error {
	if err := page.Form(r); err != nil {
		return err
	}
	if !p.proved(r) {
		return p.unproven(w, r, errProve)
	}
	err := change(page.VisitOf(r).User)
	if errors.Is(err, people.ErrLast) {
		return &page.Refusal{Status: http.StatusUnprocessableEntity, Title: "This one has to stay",
			Say: "Your role signs in with two steps, and this is the last one that you have. Set up another one first, then remove this one."}
	}
	return err
}

// back goes back to one's account.
func back(w http.ResponseWriter, r *http.Request) error {
	http.Redirect(w, r, "/account", http.StatusSeeOther)
	return nil
}

// RemoveApp takes one's app away.
func (p *Pages) RemoveApp(w http.ResponseWriter, r *http.Request) error {
	return p.own(w, r, func(u people.User) error {
		if err := p.People.RemoveTOTP(r.Context(), u.Name); err != nil {
			return err
		}
		p.record(r, "app-removed", u.Name, "")
		return back(w, r)
	})
}

// RemovePasskey takes one of one's passkeys away.
func (p *Pages) RemovePasskey(w http.ResponseWriter, r *http.Request) error {
	return p.own(w, r, func(u people.User) error {
		_, err := p.People.RemovePasskey(r.Context(), u.Name, r.PathValue("id"))
		if errors.Is(err, people.ErrNotFound) {
			return back(w, r) // it is gone already
		}
		if err != nil {
			return err
		}
		p.record(r, "passkey-removed", u.Name, "")
		return back(w, r)
	})
}

// NewCodes makes new recovery codes and shows them.
func (p *Pages) NewCodes(w http.ResponseWriter, r *http.Request) error {
	return p.own(w, r, func(u people.User) error {
		if !u.Second() {
			return back(w, r)
		}
		codes, err := p.People.NewRecovery(r.Context(), u.Name)
		if err != nil {
			return err
		}
		p.record(r, "recovery-codes-made", u.Name, "")
		return p.showCodes(w, r, codes, "/account")
	})
}

// Password changes one's password. Other sessions end with the old one.
func (p *Pages) Password(w http.ResponseWriter, r *http.Request) error {
	if err := page.Form(r); err != nil {
		return err
	}
	me := page.VisitOf(r).User
	u, err := p.People.ChangePassword(r.Context(), me.Name,
		people.Passwords{Old: r.PostFormValue("old"), New: r.PostFormValue("password"), Remote: r.RemoteAddr})
	var refused *people.RefusedError
	switch {
	case errors.As(err, &refused):
		return p.show(w, r, http.StatusUnprocessableEntity, refused.Why)
	case errors.Is(err, people.ErrSlow):
		return p.show(w, r, http.StatusTooManyRequests, saySlow)
	case errors.Is(err, people.ErrDenied):
		p.record(r, "proof-failed", me.Name, "")
		return p.show(w, r, http.StatusUnprocessableEntity, "The old password is not right. Nothing was changed.")
	case err != nil:
		return err
	}
	p.record(r, "password-changed", u.Name, "")
	if err := p.Stay(r.Context(), u); err != nil {
		return err
	}
	p.prove(r)
	return back(w, r)
}
