package conform_test

import (
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"triage/internal/ingest"
	"triage/internal/ingest/conform"
	"triage/internal/ingest/facebook"
	"triage/internal/ingest/google"
	"triage/internal/ingest/instagram"
	"triage/internal/ingest/x"
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

func TestInstagram(t *testing.T) {
	for login, token := range map[string]string{instagram.FacebookLogin: sandbox.PageToken, instagram.InstagramLogin: sandbox.InstagramToken} {
		t.Run(login, func(t *testing.T) {
			conform.Run(t, func(t testing.TB) conform.Subject {
				url := play(t)
				return conform.Subject{
					Platform: instagram.Platform, URL: url, Stage: conform.Sandbox{URL: url, Platform: "instagram", Practice: sandbox.InstagramName},
					Secrets: []string{token, sandbox.ExpiredToken, sandbox.AppSecret}, Limited: graphLimited, Dead: graphDead, Many: 130, Traceless: true,
					New: func(t testing.TB, s conform.Setup) conform.Client {
						cfg := instagram.Config{Login: login, Account: sandbox.InstagramID, BaseURL: s.URL, Token: token}
						if login == instagram.FacebookLogin {
							cfg.Page = sandbox.PageID
						}
						if s.Dead {
							cfg.Token = sandbox.ExpiredToken
						}
						return must[*instagram.Client](t)(instagram.New(cfg, instagram.Options{HTTP: s.HTTP, Log: s.Log, Account: conform.Account}))
					},
				}
			})
		})
	}
}

func TestGoogle(t *testing.T) {
	conform.Run(t, func(t testing.TB) conform.Subject {
		url := play(t)
		place := "accounts/" + sandbox.GoogleAccount + "/locations/" + sandbox.GoogleLocation
		return conform.Subject{
			Platform: google.Platform, URL: url, Many: 130,
			Stage:   conform.Sandbox{URL: url, Platform: "google", Practice: sandbox.PageName, Prefix: place + "/reviews/"},
			Secrets: []string{sandbox.GoogleUserToken, sandbox.GoogleExpiredToken, sandbox.GoogleClientSecret},
			Limited: conform.Answer{Status: 429, Body: `{"error":{"code":429,"message":"` + conform.TextCanary + `","status":"RESOURCE_EXHAUSTED"}}`},
			Dead:    conform.Answer{Status: 401, Body: `{"error":{"code":401,"message":"` + conform.TextCanary + `","status":"UNAUTHENTICATED"}}`},
			New: func(t testing.TB, s conform.Setup) conform.Client {
				token := ingest.FixedToken(sandbox.GoogleUserToken)
				if s.Dead {
					token = sandbox.GoogleExpiredToken
				}
				return must[*google.Client](t)(google.New(google.Config{Account: "accounts/" + sandbox.GoogleAccount, Location: "locations/" + sandbox.GoogleLocation,
					BaseURL: s.URL, ClientID: sandbox.GoogleClientID, FullEvery: "1h"},
					google.Options{HTTP: s.HTTP, Log: s.Log, Account: conform.Account, Tokens: token, EditEvery: 1}))
			},
		}
	})
}

// xKeys are the ways to sign in at X, by version of the API.
var xKeys = map[string]x.Config{
	"2 with OAuth 1.0a": {ConsumerKey: sandbox.XConsumerKey, ConsumerSecret: sandbox.XConsumerSecret, AccessToken: sandbox.XToken, AccessSecret: sandbox.XTokenSecret},
	"2 with OAuth 2":    {ClientID: sandbox.XClientID, ClientSecret: sandbox.XClientSecret},
	"1.1":               {API: "1.1", ConsumerKey: sandbox.XConsumerKey, ConsumerSecret: sandbox.XConsumerSecret, AccessToken: sandbox.XToken, AccessSecret: sandbox.XTokenSecret},
}

func TestX(t *testing.T) {
	for name, keys := range xKeys {
		t.Run(name, func(t *testing.T) {
			conform.Run(t, func(t testing.TB) conform.Subject {
				url := play(t)
				stage := conform.Sandbox{URL: url, Platform: "x", Practice: sandbox.PageName}
				if keys.API == "1.1" {
					stage.Switch(t, "v1.1", "on")
				}
				return conform.Subject{
					Platform: x.Platform, URL: url, Stage: stage, Many: 130,
					Secrets: []string{sandbox.XConsumerSecret, sandbox.XToken, sandbox.XTokenSecret, sandbox.XUserToken, sandbox.XExpiredToken, sandbox.XClientSecret},
					Limited: conform.Answer{Status: 429, Header: map[string]string{"Content-Type": "application/problem+json", "x-rate-limit-limit": "300",
						"x-rate-limit-remaining": "0", "x-rate-limit-reset": fmt.Sprint(time.Now().Add(5 * time.Minute).Unix())},
						Body: `{"title":"Too Many Requests","detail":"` + conform.TextCanary + `","type":"about:blank","status":429}`},
					Dead: conform.Answer{Status: 401, Body: `{"title":"Unauthorized","detail":"` + conform.TextCanary + `","type":"about:blank","status":401}`},
					New: func(t testing.TB, s conform.Setup) conform.Client {
						cfg, token := keys, ingest.FixedToken(sandbox.XUserToken)
						cfg.User, cfg.BaseURL, cfg.Inference, cfg.Private = sandbox.XUserID, s.URL, true, cfg.API == ""
						if s.Dead {
							token = sandbox.XExpiredToken
							if cfg.ConsumerKey != "" {
								cfg.AccessSecret = "another"
							}
						}
						return must[*x.Client](t)(x.New(cfg, x.Options{HTTP: s.HTTP, Log: s.Log, Account: conform.Account, Tokens: token}))
					},
				}
			})
		})
	}
}
