package conform_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"go.uber.org/zap"

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
				lacks := map[string]string{}
				stage := conform.Sandbox{URL: url, Platform: "x", Practice: sandbox.PageName, More: map[string]string{"message": "hello"}}
				if keys.API == "1.1" {
					stage.Switch(t, "v1.1", "on")
					lacks["sees an edit"] = "version 1.1 knows no edits: what was edited is another post there"
				}
				return conform.Subject{
					Platform: x.Platform, URL: url, Stage: stage, Many: 130, Unseen: true, Lacks: lacks,
					Secrets: []string{sandbox.XConsumerSecret, sandbox.XToken, sandbox.XTokenSecret, sandbox.XUserToken, sandbox.XExpiredToken, sandbox.XClientSecret},
					Limited: conform.Answer{Status: 429, Header: map[string]string{"Content-Type": "application/problem+json", "x-rate-limit-limit": "300",
						"x-rate-limit-remaining": "0", "x-rate-limit-reset": fmt.Sprint(time.Now().Add(5 * time.Minute).Unix())},
						Body: `{"title":"Too Many Requests","detail":"` + conform.TextCanary + `","type":"about:blank","status":429}`},
					Dead: conform.Answer{Status: 401, Body: `{"title":"Unauthorized","detail":"` + conform.TextCanary + `","type":"about:blank","status":401}`},
					New: func(t testing.TB, s conform.Setup) conform.Client {
						cfg, token := keys, ingest.FixedToken(sandbox.XUserToken)
						cfg.User, cfg.BaseURL, cfg.Inference, cfg.Private, cfg.Days = sandbox.XUserID, s.URL, true, cfg.API == "", 30
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

// losers are the connectors whose permission the sandbox can take away.
var losers = map[string]func(t testing.TB, url string) (conform.Client, conform.Sandbox){
	"facebook": func(t testing.TB, url string) (conform.Client, conform.Sandbox) {
		return must[*facebook.Client](t)(facebook.New(facebook.Config{Page: sandbox.PageID, BaseURL: url, Token: sandbox.PageToken}, facebook.Options{Account: conform.Account})),
			conform.Sandbox{URL: url, Platform: "facebook", Practice: sandbox.PageName}
	},
	"instagram": func(t testing.TB, url string) (conform.Client, conform.Sandbox) {
		return must[*instagram.Client](t)(instagram.New(instagram.Config{Account: sandbox.InstagramID, Page: sandbox.PageID, BaseURL: url, Token: sandbox.PageToken}, instagram.Options{Account: conform.Account})),
			conform.Sandbox{URL: url, Platform: "instagram", Practice: sandbox.InstagramName}
	},
	"instagram by itself": func(t testing.TB, url string) (conform.Client, conform.Sandbox) {
		return must[*instagram.Client](t)(instagram.New(instagram.Config{Login: instagram.InstagramLogin, Account: sandbox.InstagramID, BaseURL: url, Token: sandbox.InstagramToken}, instagram.Options{Account: conform.Account})),
			conform.Sandbox{URL: url, Platform: "instagram", Practice: sandbox.InstagramName}
	},
}

// What a permission that was lost no longer shows was not deleted: nothing of it is
// erased, however little is left, and whether the service starts before or after.
// Where nothing at all is shown any more, people are told. Once it is back, what
// was deleted before, meanwhile and after is erased.
func TestALostPermissionErasesNothing(t *testing.T) {
	for platform, open := range losers {
		for was, told := range map[string]bool{"lost": true, "lost-lists": false, "lost-items": false, "lost-posts": false} {
			for _, restart := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s %s restart %v", platform, was, restart), func(t *testing.T) {
					client, stage := open(t, play(t))
					k := &kept{threads: map[string]string{}, items: map[string]string{}}
					p := k.poller(client, stage.Platform)
					var items []string
					for i := range 6 {
						items = append(items, stage.Say(t, conform.Said{Text: fmt.Sprint("my rash is back ", i), Author: fmt.Sprint("pat.", i)}))
					}
					stage.Say(t, conform.Said{Text: "Please call our office.", Parent: items[5], Own: true})
					k.sweep(t, p)
					stage.Delete(t, items[0])
					k.erased(t, p, items[:1])

					stage.Switch(t, "permission", was)
					if restart {
						withheld := p.Health().Withheld
						p = k.poller(client, stage.Platform)
						p.Withhold(withheld)
					}
					k.erased(t, p, items[:1])
					stage.Delete(t, items[1])
					k.erased(t, p, items[:1])
					if n := len(p.Health().Withheld); (n > 0) != told {
						t.Errorf("people are told of %d", n)
					}

					stage.Switch(t, "permission", "granted")
					k.erased(t, p, items[:2])
					stage.Delete(t, items[2])
					k.erased(t, p, items[:3])
					if n := len(p.Health().Withheld); n > 0 {
						t.Errorf("people are still told of %d", n)
					}
				})
			}
		}
	}
}

// kept keeps what a poller hands on.
type kept struct {
	threads, items map[string]string // by our ids
	deleted        []string
}

func (k *kept) poller(c conform.Client, platform string) *ingest.Poller {
	return &ingest.Poller{Platform: platform, Account: conform.Account, Source: c, Names: ingest.NewNamer([]byte("key")), Keep: k, Sink: k, Marks: k,
		Deletions: &ingest.Deletions{Account: c, Kept: k}, Log: zap.NewNop(), Now: time.Now}
}

func (k *kept) sweep(t *testing.T, p *ingest.Poller) {
	t.Helper()
	if _, err := p.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// erased fails unless these items are erased after some sweeps, and no others.
func (k *kept) erased(t *testing.T, p *ingest.Poller, want []string) {
	t.Helper()
	for range 3 {
		k.sweep(t, p)
	}
	if !slices.Equal(k.deleted, want) {
		t.Fatalf("erased %v, want %v", k.deleted, want)
	}
}

func (k *kept) Keep(_ context.Context, batch []ingest.Comment) error {
	for _, c := range batch {
		k.items[c.ID], k.threads[c.ID] = c.Content.Item, c.Thread
	}
	return nil
}
func (k *kept) Publish(context.Context, []ingest.Comment) error { return nil }
func (k *kept) Load(context.Context, string, string) (ingest.Mark, error) {
	return ingest.Mark{}, nil
}
func (k *kept) Save(context.Context, string, string, ingest.Mark, uint64) error { return nil }
func (k *kept) Item(_ context.Context, id string) (string, error)               { return k.items[id], nil }
func (k *kept) Known(_ context.Context, thread string) (ids []string, _ error) {
	for id, t := range k.threads {
		if t == thread {
			ids = append(ids, id)
		}
	}
	return ids, nil
}
func (k *kept) Deleted(_ context.Context, ids []string) error {
	for _, id := range ids {
		k.deleted = append(k.deleted, k.items[id])
		delete(k.items, id)
		delete(k.threads, id)
	}
	return nil
}
