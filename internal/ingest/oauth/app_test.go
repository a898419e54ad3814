package oauth

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"triage/internal/ingest"
)

func TestOddAnswersCostNoToken(t *testing.T) {
	i := open(t)
	for body, want := range map[string]string{
		`{"access_token":"a","refresh_token":"r","expires_in":"7200"}`:               "a r 2h0m0s",
		`{"access_token":"a","refresh_token":"r","expires_in":7200.5,"scope":["x"]}`: "a r 2h0m0.5s",
		`{"access_token":"a","refresh_token":"r","expires_in":null,"token_type":7}`:  "a r 0s",
		`{"access_token":"a","refresh_token":"r","expires_in":-1}`:                   "a r 0s",
		`{"access_token":"a","refresh_token":"r","expires_in":1e300}`:                "a r 87600h0m0s",
		`{"access_token":"a","refresh_token":null,"expires_in":60}`:                  "a  1m0s",
		`{"access_token":"a","expires_in":60,"id_token":{}}`:                         "a  1m0s",
	} {
		i.answer = func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }
		g, err := i.app().Renew(t.Context(), ingest.Grant{Refresh: "old"})
		left := time.Duration(0)
		if !g.Expires.IsZero() {
			left = g.Expires.Sub(i.now)
		}
		if got := fmt.Sprint(g.Access, " ", g.Refresh, " ", left); err != nil || got != want || !g.Made.Equal(i.now) {
			t.Errorf("%s: %s, %v", body, got, err)
		}
	}
}

func TestAnswersAreJudged(t *testing.T) {
	i := open(t)
	for _, c := range []struct {
		status int
		body   string
		kind   ingest.ReadKind
		code   string
	}{
		{400, `{"error":"invalid_grant","error_description":"Token has been expired or revoked."}`, ingest.Dead, "invalid_grant"},
		{400, `{"error":"invalid_request","error_description":"Value passed for the token was invalid."}`, ingest.Dead, "invalid_request"},
		{401, `{"error":"invalid_client"}`, ingest.Dead, "invalid_client"},
		{400, `{"error":"unauthorized_client"}`, ingest.Dead, "unauthorized_client"},
		{400, `{"error":"something new"}`, ingest.Dead, ""},
		{400, `{"error":{"message":"m","type":"OAuthException","code":190}}`, ingest.Dead, "190"},
		{400, `{"error":{"message":"m","code":2}}`, ingest.Temporary, "2"},
		{400, `{"error":"temporarily_unavailable"}`, ingest.Temporary, "temporarily_unavailable"},
		{200, `{"error":"invalid_grant","access_token":"a"}`, ingest.Dead, "invalid_grant"},
		{200, `{"token_type":"bearer"}`, ingest.Bad, ""},
		{200, `<html>`, ingest.Bad, ""},
		{404, `<html>`, ingest.Bad, ""},
		{302, `{"error":"invalid_grant"}`, ingest.Bad, "invalid_grant"},
		{429, `{"error":"invalid_grant"}`, ingest.Throttled, ""},
		{500, `{"error":"invalid_grant"}`, ingest.Temporary, ""},
		{0, ``, ingest.Temporary, ""},
	} {
		i.answer = func(w http.ResponseWriter, _ *http.Request) {
			if c.status == 0 {
				panic(http.ErrAbortHandler)
			}
			w.WriteHeader(c.status)
			_, _ = w.Write([]byte(c.body))
		}
		_, err := i.app().Renew(t.Context(), ingest.Grant{Refresh: "old"})
		var e *ingest.ReadError
		if !errors.As(err, &e) || e.Kind != c.kind || e.Code != c.code || !strings.ContainsAny(e.Why, ";,") {
			t.Errorf("%d %s: %+v", c.status, c.body, err)
		}
		if n := i.calls(); n != 1 {
			t.Errorf("%d %s: %d calls", c.status, c.body, n)
		}
	}
}

func TestConsent(t *testing.T) {
	i := open(t)
	a := i.app()
	a.OAuth.Scopes, a.Ask = []string{"one", "two"}, map[string]string{"access_type": "offline"}
	verifier := oauth2.GenerateVerifier()
	u, err := url.Parse(a.Consent("http://127.0.0.1:1/", "state", verifier))
	q := u.Query()
	if err != nil || u.Path != "/authorize" || q.Get("client_id") != "client" || q.Get("scope") != "one two" || q.Get("state") != "state" || q.Get("access_type") != "offline" ||
		q.Get("redirect_uri") != "http://127.0.0.1:1/" || q.Get("code_challenge_method") != "S256" || q.Get("code_challenge") != oauth2.S256ChallengeFromVerifier(verifier) {
		t.Errorf("asks %v", q)
	}
	if strings.Contains(u.String(), "secret") || strings.Contains(u.String(), verifier) {
		t.Error("the address tells a secret")
	}
	i.answer = func(w http.ResponseWriter, r *http.Request) {
		if f := r.PostForm; f.Get("code") != "code" || f.Get("code_verifier") != verifier || f.Get("redirect_uri") != "http://127.0.0.1:1/" || f.Get("grant_type") != "authorization_code" {
			t.Errorf("exchanged with %v", f)
		}
		_, _ = w.Write([]byte(`{"access_token":"a","refresh_token":"r","expires_in":60}`))
	}
	if g, err := a.Exchange(t.Context(), "http://127.0.0.1:1/", "code", verifier); err != nil || g.Access != "a" || g.Refresh != "r" {
		t.Errorf("%v", err)
	}
}

// Instagram's tokens are renewed with themselves.
func TestLongLived(t *testing.T) {
	i, k := open(t), &shelf{}
	const life = 60 * 24 * time.Hour
	s, logs := i.source(k, func(o *Options) {
		o.Renewer, o.Early = &LongLived{BaseURL: i.URL, HTTP: ingest.NewHTTP(i.Client()), Now: i.clock}, LongLivedEarly
		o.Seed = ingest.Grant{Access: "seed"}
	})
	// Nobody knows how old the configured token is: less than a day, perhaps.
	i.answer = func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error":{"message":"too early","type":"IGApiException","code":10}}`))
	}
	i.want(s, "seed")
	i.pass(time.Hour)
	i.want(s, "seed")
	if i.calls() != 1 || logs.FilterMessageSnippet("used on").Len() != 1 {
		t.Error("tried more than once within hours, or not at all")
	}
	n := 0
	i.answer = func(w http.ResponseWriter, r *http.Request) {
		n++
		if r.Method != http.MethodGet || r.URL.Path != "/refresh_access_token" || r.Form.Get("grant_type") != "ig_refresh_token" || r.Form.Get("access_token") == "" {
			t.Errorf("asked %s %s", r.Method, r.URL.Path)
		}
		_, _ = fmt.Fprintf(w, `{"access_token":"long-%d","token_type":"bearer","expires_in":%d}`, n, int(life/time.Second))
	}
	i.pass(24 * time.Hour)
	i.want(s, "long-1")
	i.pass(44 * 24 * time.Hour)
	i.want(s, "long-1")
	i.pass(5 * 24 * time.Hour)
	i.want(s, "long-2")
	if i.calls() != 2 || k.kept.Access != "long-2" {
		t.Error("not kept, or asked too often")
	}
	i.answer = func(w http.ResponseWriter, r *http.Request) {
		if f := r.Form; r.URL.Path != "/access_token" || f.Get("grant_type") != "ig_exchange_token" || f.Get("client_secret") != "app secret" || f.Get("access_token") != "short" {
			t.Errorf("asked %s with %v", r.URL.Path, f)
		}
		_, _ = w.Write([]byte(`{"access_token":"long","expires_in":5184000}`))
	}
	l := &LongLived{BaseURL: i.URL + "/", HTTP: ingest.NewHTTP(nil), Now: i.clock}
	if g, err := l.Exchange(t.Context(), "app secret", "short"); err != nil || g.Access != "long" || g.Expires.Sub(i.now) != life {
		t.Errorf("exchanged: %v", err)
	}
}

// Whatever happens, no token leaves but to whom it belongs.
func TestNothingLeaks(t *testing.T) {
	for name, answer := range map[string]func(http.ResponseWriter, *http.Request){
		"cut": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"away": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://canaryhost/?token=canary", http.StatusFound)
		},
		"code": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(400)
			_, _ = w.Write([]byte(`{"error":"canary","error_description":"canary https://canaryhost","error_uri":"https://canary"}`))
		},
		"nested": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(400)
			_, _ = w.Write([]byte(`{"error":{"message":"canary","code":"canary"}}`))
		},
		"text": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500); _, _ = w.Write([]byte("canary")) },
		"form": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			_, _ = w.Write([]byte("access_token=canary&error=canary"))
		},
		"fine": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"access_token":"canary","refresh_token":"canary","expires_in":60}`))
		},
	} {
		i := open(t)
		i.answer = answer
		for kind, change := range map[string]func(*Options){
			"refresh": func(o *Options) { o.Seed = ingest.Grant{Refresh: "canary"} },
			"long": func(o *Options) {
				o.Seed, o.Renewer = ingest.Grant{Access: "canary"}, &LongLived{BaseURL: i.URL, HTTP: ingest.NewHTTP(nil), Now: i.clock}
			},
			"broken": func(o *Options) {
				o.Seed, o.Renewer = ingest.Grant{Access: "canary"}, &LongLived{BaseURL: "http://%zz/canary", HTTP: ingest.NewHTTP(nil), Now: i.clock}
			},
		} {
			k := &shelf{fails: errors.New("full")}
			s, logs := i.source(k, change)
			var said []any
			for _, f := range []func() (string, error){
				func() (string, error) { return s.Token(t.Context()) }, func() (string, error) { return s.Refused(t.Context(), "canary") },
			} {
				_, err := f()
				for e := err; e != nil; e = errors.Unwrap(e) {
					said = append(said, e)
				}
			}
			for _, entry := range logs.All() {
				said = append(said, entry.Message, entry.ContextMap())
			}
			said = append(said, s.grant(), fmt.Sprintf("%+v %#v %s", s.grant(), s.grant(), s.grant()))
			for _, word := range []string{"canary", "http:", "https:", strings.TrimPrefix(i.URL, "http://"), "secret"} {
				if out := fmt.Sprintf("%+v", said); strings.Contains(out, word) {
					t.Errorf("%s %s: %q leaks: %s", name, kind, word, out)
				}
			}
		}
	}
}
