package store

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"triage/internal/bus/cluster"
	"triage/internal/ingest"
	"triage/internal/ingest/oauth"
)

// Processes on a cluster whose platform gives each refresh token for one use: they
// renew again and again and none of them ever uses one twice.
func TestProcessesNeverUseARefreshTokenTwice(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: three server processes are not started")
	}
	var mu sync.Mutex
	n, wrong := 0, 0
	idp := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if r.FormValue("refresh_token") != fmt.Sprint("refresh-", n) {
			wrong++
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(`{"error":"invalid_grant"}`))
			return
		}
		n++
		_, _ = fmt.Fprintf(w, `{"access_token":"access-%d","refresh_token":"refresh-%d","expires_in":7200}`, n, n)
	}))
	t.Cleanup(idp.Close)
	clock := &clock{}
	var processes []*oauth.Source
	access := cluster.Shared(t).Access(t)
	for range 3 {
		p := openOn(t, connect(t, access))
		processes = append(processes, oauth.New(oauth.Options{
			Platform: "x", Account: "main", Grants: p.Grants, Seed: ingest.Grant{Refresh: "refresh-0"}, Now: clock.now,
			Renewer: &oauth.App{OAuth: oauth2.Config{Endpoint: oauth2.Endpoint{TokenURL: idp.URL, AuthStyle: oauth2.AuthStyleInParams}},
				HTTP: ingest.NewHTTP(nil), Now: clock.now},
		}))
	}
	const rounds = 5
	for round := range rounds {
		var g sync.WaitGroup
		for _, s := range processes {
			g.Go(func() {
				if token, err := s.Token(t.Context()); err != nil || token != fmt.Sprint("access-", round+1) {
					t.Errorf("round %d: %q, %v", round, token, err)
				}
			})
		}
		g.Wait()
		clock.pass(2 * time.Hour)
	}
	if n != rounds || wrong != 0 {
		t.Errorf("renewed %d times in %d rounds, %d times with a token that was used", n, rounds, wrong)
	}
}
