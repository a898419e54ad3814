package account

import (
	"errors"
	"net/http"

	"triage/internal/people"
	"triage/internal/review/page"
)

// sessionApp holds the address for an app that is being set up, until it is.
const sessionApp = "app"

// whose is who sets up a second step: somebody who is signed in and proved it lately,
// or one who gave her password and must set one up before she comes in.
func (p *Pages) whose(r *http.Request) (u people.User, half bool, next string, err error) {
	u, err = p.SignedIn(r)
	if !errors.Is(err, page.ErrSignedOut) {
		if err == nil && !p.proved(r) {
			err = errProve
		}
		return u, false, "/account", err
	}
	u, next, err = p.half(r)
	if err == nil && !p.People.SetUp(u) {
		err = page.ErrSignedOut // she has one, and has to use it
	}
	return u, true, next, err
}

// setupPage offers what may be the second step.
type setupPage struct {
	said
	// Must: she cannot come in without.
	Must bool
	// Secret is for those whose app cannot read the picture.
	Secret   string
	Passkeys bool
}

// ShowSetUp shows how to set up an app or a passkey.
func (p *Pages) ShowSetUp(w http.ResponseWriter, r *http.Request) error {
	return p.showSetUp(w, r, http.StatusOK, "")
}

func (p *Pages) showSetUp(w http.ResponseWriter, r *http.Request, status int, say string) error {
	u, half, _, err := p.whose(r)
	if err != nil {
		return p.unproven(w, r, err)
	}
	address, err := p.address(r, u)
	if err != nil {
		return err
	}
	secret, err := people.SecretOf(address)
	if err != nil {
		return err
	}
	return p.Render(w, r, status, "setup", setupPage{said: p.said(r, "A second step", say), Must: half, Secret: secret, Passkeys: p.Keys != nil && half})
}

// address is that of the app that is being set up: the same until it is, so that the
// page may be loaded again.
func (p *Pages) address(r *http.Request, u people.User) (string, error) {
	ctx := r.Context()
	if kept := p.Sessions.GetString(ctx, sessionApp); kept != "" {
		return kept, nil
	}
	made, err := people.NewTOTP(p.Practice, u.Name)
	if err == nil {
		p.Sessions.Put(ctx, sessionApp, made)
	}
	return made, err
}

// Picture draws what the app's camera reads.
func (p *Pages) Picture(w http.ResponseWriter, r *http.Request) error {
	if _, _, _, err := p.whose(r); err != nil {
		return again(w, r, err)
	}
	png, err := people.QR(p.Sessions.GetString(r.Context(), sessionApp))
	if err != nil {
		return page.ErrNowhere
	}
	w.Header().Set("Content-Type", "image/png")
	_, _ = w.Write(png)
	return nil
}

// SetUp takes the code that shows that the app was set up.
func (p *Pages) SetUp(w http.ResponseWriter, r *http.Request) error {
	if err := page.Form(r); err != nil {
		return err
	}
	u, half, next, err := p.whose(r)
	if err != nil {
		return p.unproven(w, r, err)
	}
	now, codes, err := p.People.SetTOTP(r.Context(), u.Name,
		people.NewApp{Address: p.Sessions.GetString(r.Context(), sessionApp), Code: r.PostFormValue("code"), Remote: r.RemoteAddr})
	switch {
	case errors.Is(err, people.ErrSlow):
		return p.showSetUp(w, r, http.StatusTooManyRequests, saySlow)
	case errors.Is(err, people.ErrCode):
		return p.showSetUp(w, r, http.StatusUnprocessableEntity, "This is not the code that the app shows now. Wait for the next one and try again.")
	case err != nil:
		return err
	}
	p.record(r, "app-set-up", u.Name, "")
	p.Sessions.Remove(r.Context(), sessionApp)
	return p.secured(w, r, secured{now, codes, people.ByApp, half, next})
}

// secured is what somebody gets who set up a second step.
type secured struct {
	user  people.User
	codes []string
	by    string
	half  bool
	next  string
}

// secured lets in who came to set up a second step, and shows the recovery codes.
func (p *Pages) secured(w http.ResponseWriter, r *http.Request, s secured) error {
	if s.half {
		if err := p.arrive(r, s.user, s.by); err != nil {
			return err
		}
	} else if err := p.endOlder(r, s); err != nil {
		return err
	}
	if len(s.codes) == 0 {
		http.Redirect(w, r, s.next, http.StatusSeeOther)
		return nil
	}
	return p.showCodes(w, r, s.codes, s.next)
}

// endOlder ends the other sessions of one who set up her first second step: they began
// with a password alone, whosever they are.
func (p *Pages) endOlder(r *http.Request, s secured) error {
	if page.VisitOf(r).User.Second() || p.Live == nil {
		return nil
	}
	n, err := people.EndAll(r.Context(), p.Live, s.user.Name, p.SessionID(r.Context()))
	if n > 0 {
		p.record(r, "sessions-ended", s.user.Name, "all others")
	}
	return err
}

// codesPage shows recovery codes, once.
type codesPage struct {
	said
	Codes  []string
	Holder string
	Next   string
}

func (p *Pages) showCodes(w http.ResponseWriter, r *http.Request, codes []string, next string) error {
	out := codesPage{said: p.said(r, "Your recovery codes", ""), Codes: codes, Next: next}
	out.Holder = p.Sessions.GetString(r.Context(), people.SessionUser)
	return p.Render(w, r, http.StatusOK, "codes", out)
}
