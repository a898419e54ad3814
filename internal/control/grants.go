package control

import (
	"context"
	"net/http"

	"triage/internal/audit"
	"triage/internal/store"
)

// Connection is an account on a platform and what a person's consent gave there.
type Connection struct {
	Platform string      `json:"platform"`
	Account  string      `json:"account"`
	Grant    store.Grant `json:"grant"`
}

// mayConnect answers whoever may connect the account, and nobody else: to be asked
// before a person is asked for her consent.
func (c *control) mayConnect(w http.ResponseWriter, r *http.Request, _ caller) error {
	q := r.URL.Query()
	in := Connection{Platform: q.Get("platform"), Account: q.Get("account")}
	in.Grant.Client = q.Get("client")
	if _, err := c.fits(in); err != nil {
		return err
	}
	answer(w, http.StatusOK, struct{}{})
	return nil
}

// fits gives the grant of a connection as the service is to keep it: over the token
// in its own configuration, whatever that of the command has.
func (c *control) fits(in Connection) (store.Grant, error) {
	client, seed, ok := c.Login(in.Platform, in.Account)
	switch {
	case !ok:
		return in.Grant, &refusal{http.StatusBadRequest, "the service has no such account: start it anew with this configuration, then connect the account"}
	case client != in.Grant.Client:
		return in.Grant, &refusal{http.StatusConflict, "the service knows the account by another app: start it anew with this configuration, then connect the account"}
	}
	return in.Grant.Over(store.Grant{Seed: seed}), nil
}

// connect keeps what a person's consent gave.
func (c *control) connect(w http.ResponseWriter, r *http.Request, who caller) error {
	in, err := read[Connection](r)
	if err != nil {
		return err
	}
	grant, err := c.fits(in)
	if err != nil {
		return err
	}
	err = c.audited(r, who, audit.Act{Do: "account-connected", On: in.Account, Note: in.Platform}, func(ctx context.Context) error {
		return c.Store.Grants.Replace(ctx, in.Platform, in.Account, grant)
	})
	if err != nil {
		return err
	}
	answer(w, http.StatusOK, struct{}{})
	return nil
}
