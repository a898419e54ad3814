package conform_test

import (
	"testing"

	"triage/internal/ingest"
	"triage/internal/ingest/conform"
	"triage/internal/ingest/wordpress"
	"triage/internal/sandbox"
)

// TestWordPress runs against the played one; internal/ingest/wordpress runs the same
// against a real one.
func TestWordPress(t *testing.T) {
	conform.Run(t, func(t testing.TB) conform.Subject {
		url := play(t)
		return conform.Subject{
			Platform: wordpress.Platform, URL: url, Many: 130,
			Stage:   conform.Sandbox{URL: url, Platform: "wordpress", Practice: sandbox.PageName},
			Secrets: []string{sandbox.WordPressPassword},
			Limited: conform.Answer{Status: 429, Header: map[string]string{"Retry-After": "60"}, Body: "<html>" + conform.TextCanary},
			Dead:    conform.Answer{Status: 401, Body: `{"code":"incorrect_password","message":"` + conform.TextCanary + `","data":{"status":401}}`},
			New: func(t testing.TB, s conform.Setup) conform.Client {
				cfg := wordpress.Config{Site: s.URL, User: sandbox.WordPressUser, Password: sandbox.WordPressPassword}
				if s.Dead {
					cfg.Password = "wrong"
				}
				return must[*wordpress.Client](t)(wordpress.New(cfg,
					wordpress.Options{HTTP: s.HTTP, Log: s.Log, Account: conform.Account, Names: ingest.NewNamer([]byte("key"))}))
			},
		}
	})
}
