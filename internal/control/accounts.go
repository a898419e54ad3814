package control

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"triage/internal/audit"
	"triage/internal/store"
)

// Finding is one thing that an account check looked at, as ingest.Finding.
type Finding struct {
	OK   bool   `json:"ok"`
	What string `json:"what"`
	Mend string `json:"mend,omitempty"`
}

// check asks the platforms.
func (c *control) check(w http.ResponseWriter, r *http.Request, _ caller) error {
	answer(w, http.StatusOK, c.Check(r.Context()))
	return nil
}

// Backfill asks for what was written on an account long ago.
type Backfill struct {
	Account string    `json:"account"`
	Since   time.Time `json:"since"`
}

// Backfilled is how far that is. The last line of an answer is Done, or has an
// Error.
type Backfilled struct {
	Read  int64  `json:"read"`
	Done  bool   `json:"done"`
	Error string `json:"error,omitempty"`
}

// Backfiller has an account read from then on, and tells how far that is. Its
// error is for whoever asked.
type Backfiller func(account string, since time.Time) (progress func() Backfilled, err error)

// progressEvery is how often a command is told how far it is.
const progressEvery = 500 * time.Millisecond

// backfill has older comments read. Who leaves before it is done ends nothing.
func (c *control) backfill(w http.ResponseWriter, r *http.Request, who caller) error {
	in, err := read[Backfill](r)
	if err != nil {
		return err
	}
	var progress func() Backfilled
	act := audit.Act{Do: "backfill-ordered", On: in.Account, Note: in.Since.UTC().Format(time.DateOnly)}
	err = c.audited(r, who, act, func(context.Context) (err error) {
		if progress, err = c.Backfill(in.Account, in.Since); err != nil {
			err = &refusal{http.StatusBadRequest, err.Error()}
		}
		return err
	})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	lines, tick := json.NewEncoder(w), time.NewTicker(progressEvery)
	defer tick.Stop()
	for {
		now := progress()
		if lines.Encode(now) != nil || now.Done || now.Error != "" {
			return nil
		}
		_ = http.NewResponseController(w).Flush()
		select {
		case <-r.Context().Done():
			return nil
		case <-tick.C:
		}
	}
}

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
