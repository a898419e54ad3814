package control

import (
	"net/http"
	"strings"
	"testing"
)

// The summary that is asked for is the one that is written; where there is none, that is
// said.
func TestReport(t *testing.T) {
	s := newService(t)
	s.users(t)
	get := func(path string) (r Report, err error) {
		client, end := Local(Handler(s.options))
		defer end()
		err = (&Client{HTTP: client, As: "viewer"}).Call(t.Context(), http.MethodGet, path, nil, &r)
		return r, err
	}
	for path, want := range map[string]string{"/report": `week false in ""`, "/report?week=1&lang=es": `week true in "es"`} {
		if r, err := get(path); err != nil || r.Text != want || r.Subject == "" {
			t.Errorf("%s writes %+v, %v, want %s", path, r, err, want)
		}
	}
	s.options.Report = nil
	if _, err := get("/report"); err == nil || !strings.Contains(err.Error(), "writes no report") {
		t.Errorf("without one it says %v", err)
	}
}
