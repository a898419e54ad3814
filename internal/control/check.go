package control

import "net/http"

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
