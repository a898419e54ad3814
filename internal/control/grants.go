package control

import (
	"context"
	"net/http"
	"regexp"
	"slices"

	"triage/internal/audit"
	"triage/internal/store"
)

// Connection is an account on a platform and what a person's consent gave there.
type Connection struct {
	Platform string      `json:"platform"`
	Account  string      `json:"account"`
	Grant    store.Grant `json:"grant"`
}

// mayConnect answers whoever may connect accounts, and nobody else: to be asked
// before a person is asked for her consent.
func (c *control) mayConnect(w http.ResponseWriter, _ *http.Request, _ caller) error {
	answer(w, http.StatusOK, struct{}{})
	return nil
}

var accountForm = regexp.MustCompile(`^[a-z0-9-]{1,32}$`)

// connect keeps what a person's consent gave.
func (c *control) connect(w http.ResponseWriter, r *http.Request, who caller) error {
	in, err := read[Connection](r)
	if err != nil {
		return err
	}
	if !slices.Contains(c.Platforms, in.Platform) || !accountForm.MatchString(in.Account) {
		return &refusal{http.StatusBadRequest, "the service has no such account: start it anew with this configuration, then connect the account"}
	}
	err = c.audited(r, who, audit.Act{Do: "account-connected", On: in.Account, Note: in.Platform}, func(ctx context.Context) error {
		return c.Store.Grants.Replace(ctx, in.Platform, in.Account, in.Grant)
	})
	if err != nil {
		return err
	}
	answer(w, http.StatusOK, struct{}{})
	return nil
}
