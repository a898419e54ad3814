package account

import (
	"net/http"
	"time"

	"triage/internal/people"
	"triage/internal/review/page"
)

// providerTime is how long somebody may take at the provider.
const providerTime = 10 * time.Minute

// providerCookie ties the provider's answer to the browser that asked. It is no
// session's: nothing is kept here for people who never come back.
func (p *Pages) providerCookie(value string, life time.Duration) *http.Cookie {
	c := &http.Cookie{Name: "triage-provider", Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: int(life.Seconds())}
	if p.Secure {
		c.Name, c.Secure = "__Host-triage-provider", true
	}
	return c
}

// ToProvider sends somebody to the provider.
func (p *Pages) ToProvider(w http.ResponseWriter, r *http.Request) error {
	if p.Provider == nil {
		return page.ErrNowhere
	}
	if !p.People.Here(r.RemoteAddr) {
		return p.deny(w, r, people.ErrSlow, p.loginPage(r, "", "/", ""))
	}
	address, secret, err := p.Provider.Begin(r.Context())
	if err != nil {
		return p.deny(w, r, err, p.loginPage(r, "", "/", sayProvider))
	}
	http.SetCookie(w, p.providerCookie(secret, providerTime))
	http.Redirect(w, r, address, http.StatusSeeOther)
	return nil
}

// FromProvider lets in whom the provider names.
func (p *Pages) FromProvider(w http.ResponseWriter, r *http.Request) error {
	if p.Provider == nil {
		return page.ErrNowhere
	}
	if !p.People.Here(r.RemoteAddr) { // each refusal is in the audit, which forgets nothing
		return p.deny(w, r, people.ErrSlow, p.loginPage(r, "", "/", ""))
	}
	secret := ""
	if c, err := r.Cookie(p.providerCookie("", 0).Name); err == nil {
		secret = c.Value
	}
	http.SetCookie(w, p.providerCookie("", -time.Second))
	u, err := p.Provider.Finish(r.Context(), p.People, secret, r.URL.Query())
	if err != nil {
		return p.deny(w, r, err, p.loginPage(r, "", "/", sayLate))
	}
	return p.enter(w, r, u, way{people.ByProvider, "/"})
}
