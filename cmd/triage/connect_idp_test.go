package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"golang.org/x/oauth2"
)

// idp plays the pages of consent and the token addresses of all platforms, and as
// much of Google's and Facebook's APIs as a check of the account asks for.
type idp struct {
	*httptest.Server
	deny, token, account, scope, page, tasks, scopes string

	mu        sync.Mutex
	asked     url.Values // for consent
	exchanged url.Values
}

func newIDP(t *testing.T) *idp {
	p := &idp{account: "accounts/1", page: "22", tasks: `["MODERATE","MESSAGING"]`,
		scopes: `["pages_read_engagement","pages_read_user_content","pages_manage_engagement","pages_messaging"]`}
	mux := http.NewServeMux()
	for _, path := range []string{"/o/oauth2/v2/auth", "/i/oauth2/authorize", "/v26.0/dialog/oauth", "/oauth/authorize"} {
		mux.HandleFunc("GET "+path, p.authorize)
	}
	for _, path := range []string{"/token", "/2/oauth2/token", "/v26.0/oauth/access_token", "/oauth/access_token"} {
		mux.HandleFunc("POST "+path, p.exchange)
	}
	p.answers(mux)
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

// authorize agrees at once, or does not.
func (p *idp) authorize(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = r.URL.Query()
	back := url.Values{"state": {p.asked.Get("state")}, "code": {"zzcodezz"}}
	if p.deny != "" {
		back = url.Values{"state": {p.asked.Get("state")}, "error": {p.deny}, "error_description": {"zztokenzz"}}
	}
	http.Redirect(w, r, p.asked.Get("redirect_uri")+"?"+back.Encode(), http.StatusFound)
}

// exchange gives tokens for the code.
func (p *idp) exchange(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = r.ParseForm()
	p.exchanged = r.PostForm
	switch {
	case p.token != "":
		_, _ = w.Write([]byte(p.token))
	case r.PostForm.Get("code") != "zzcodezz" || oauth2.S256ChallengeFromVerifier(r.PostForm.Get("code_verifier")) != p.asked.Get("code_challenge"):
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error":"invalid_grant"}`))
	case strings.Contains(r.URL.Path, "/access_token"):
		_, _ = w.Write([]byte(`{"access_token":"zztokenzz short","token_type":"bearer","expires_in":3600}`))
	default:
		scope := p.scope
		if scope == "" {
			scope = p.asked.Get("scope")
		}
		_, _ = fmt.Fprintf(w, `{"access_token":"zztokenzz access","refresh_token":"zztokenzz refresh","expires_in":3599,"scope":%q}`, scope)
	}
}

// answers are what the APIs say to a token that was given.
func (p *idp) answers(mux *http.ServeMux) {
	say := func(path, token string, body func() string) {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			if token != "" && r.Header.Get("Authorization") != "Bearer "+token {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			_, _ = w.Write([]byte(body()))
		})
	}
	fixed := func(s string) func() string { return func() string { return s } }
	say("/v1/accounts", "zztokenzz access", func() string { return `{"accounts":[{"name":"` + p.account + `","type":"PERSONAL"}]}` })
	say("/v1/accounts/1/locations", "zztokenzz access", fixed(`{"locations":[{"name":"locations/2"}]}`))
	say("/v4/accounts/1/locations/2/reviews", "zztokenzz access", fixed(`{}`))
	say("/v26.0/oauth/access_token", "", fixed(`{"access_token":"zztokenzz hers"}`))
	say("/v26.0/me/accounts", "zztokenzz hers", func() string {
		return `{"data":[{"id":"` + p.page + `","access_token":"zztokenzz page","tasks":` + p.tasks + `}]}`
	})
	say("/v26.0/me", "zztokenzz page", fixed(`{"id":"22","name":"Cedar","category":"Doctor"}`))
	say("/v26.0/debug_token", "77|zzsecretzz", func() string { return `{"data":{"is_valid":true,"scopes":` + p.scopes + `}}` })
	say("/v26.0/", "zztokenzz page", fixed(`{"data":[]}`))
	say("/access_token", "", fixed(`{"access_token":"zztokenzz long","expires_in":5184000}`))
}

// fits fails where the consent was asked for in another way than the platform
// wants.
func (p *idp) fits(t *testing.T, platform string) {
	t.Helper()
	want := map[string]map[string]string{
		"google": {"client_id": "client", "access_type": "offline", "prompt": "consent", "scope": "https://www.googleapis.com/auth/business.manage"},
		"x": {"client_id": "client", "access_type": "", "code_challenge_method": "S256",
			"scope": "tweet.read users.read tweet.write tweet.moderate.write dm.read dm.write offline.access"},
		"facebook":  {"client_id": "77", "scope": "pages_show_list pages_read_engagement pages_read_user_content pages_manage_engagement pages_messaging"},
		"instagram": {"client_id": "77", "scope": "instagram_business_basic instagram_business_manage_comments instagram_business_manage_messages"},
	}[platform]
	p.mu.Lock()
	defer p.mu.Unlock()
	for name, value := range want {
		if got := p.asked.Get(name); got != value {
			t.Errorf("consent is asked for with %s = %q", name, got)
		}
	}
	host := map[string]string{"facebook": "http://localhost:", "instagram": "http://localhost:"}[platform]
	if host == "" {
		host = "http://127.0.0.1:"
	}
	back := p.asked.Get("redirect_uri")
	if !strings.HasPrefix(back, host) || p.exchanged.Get("redirect_uri") != back || len(p.asked.Get("state")) < 20 || p.asked.Get("response_type") != "code" {
		t.Errorf("led back to %s, exchanged with %s", back, p.exchanged.Get("redirect_uri"))
	}
}
