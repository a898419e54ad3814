package conform_test

import (
	"net/http/httptest"
	"testing"

	"triage/internal/ingest/conform"
	"triage/internal/ingest/facebook"
	"triage/internal/sandbox"
)

// play starts a sandbox and returns its address.
func play(t testing.TB) string {
	t.Helper()
	box, err := sandbox.New(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(box)
	t.Cleanup(func() { web.Close(); _ = box.Close() })
	return web.URL
}

// must gives the client, or ends the test.
func must[C conform.Client](t testing.TB) func(C, error) conform.Client {
	return func(c C, err error) conform.Client {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
}

// graphLimited and graphDead are how Meta says so.
var (
	graphLimited = conform.Answer{Status: 400, Header: map[string]string{
		"X-Business-Use-Case-Usage": `{"1":[{"type":"pages","call_count":100,"total_cputime":1,"total_time":1,"estimated_time_to_regain_access":12}]}`},
		Body: `{"error":{"message":"(#80001) ` + conform.TextCanary + `","type":"OAuthException","code":80001,"error_subcode":2446079}}`}
	graphDead = conform.Answer{Status: 400,
		Body: `{"error":{"message":"` + conform.TextCanary + `","type":"OAuthException","code":190,"error_subcode":463}}`}
)

func TestFacebook(t *testing.T) {
	conform.Run(t, func(t testing.TB) conform.Subject {
		url := play(t)
		return conform.Subject{
			Platform: facebook.Platform, URL: url, Stage: conform.Sandbox{URL: url, Platform: "facebook", Practice: sandbox.PageName},
			Secrets: []string{sandbox.PageToken, sandbox.ExpiredToken, sandbox.AppSecret}, Limited: graphLimited, Dead: graphDead, Many: 130,
			New: func(t testing.TB, s conform.Setup) conform.Client {
				token := sandbox.PageToken
				if s.Dead {
					token = sandbox.ExpiredToken
				}
				return must[*facebook.Client](t)(facebook.New(facebook.Config{Page: sandbox.PageID, BaseURL: s.URL, Token: token, AppSecret: sandbox.AppSecret},
					facebook.Options{HTTP: s.HTTP, Log: s.Log, Account: conform.Account}))
			},
		}
	})
}
