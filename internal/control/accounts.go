package control

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"triage/internal/audit"
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
