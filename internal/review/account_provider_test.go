package review

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/coreos/go-oidc/v3/oidc/oidctest"

	"triage/internal/people"
)

// newIssuer is a provider that vouches for an address, whoever asks with whichever
// code: what it must not do is tried in internal/people.
func newIssuer(t *testing.T, mail string) (issuer string, nonce *string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	known := &oidctest.Server{PublicKeys: []oidctest.PublicKey{{PublicKey: key.Public(), KeyID: "k", Algorithm: oidc.RS256}}}
	nonce = new(string)
	mux := http.NewServeMux()
	mux.Handle("/", known)
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	known.SetIssuer(s.URL)
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, _ *http.Request) {
		claims, _ := json.Marshal(map[string]any{"iss": s.URL, "aud": "triage", "sub": "there", "nonce": *nonce,
			"exp": time.Now().Add(time.Hour).Unix(), "email": mail, "email_verified": true})
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"access_token": "zztokenzz", "token_type": "Bearer",
			"id_token": oidctest.SignIDToken(key, "k", oidc.RS256, string(claims))})
	})
	return s.URL, nonce
}

// goThere sends a browser to the provider, and returns with what it comes back.
func goThere(t *testing.T, b *browser, nonce *string) (back, cookie string) {
	t.Helper()
	got := b.get("/login/provider")
	to, err := url.Parse(got.location)
	if err != nil || got.status != http.StatusSeeOther || to.Path != "/auth" {
		t.Fatalf("%d to %q, %v", got.status, got.location, err)
	}
	*nonce = to.Query().Get("nonce")
	return "/login/back?" + url.Values{"code": {"zzcodezz"}, "state": {to.Query().Get("state")}}.Encode(), got.header.Get("Set-Cookie")
}

func TestSignInWithAnAccountElsewhere(t *testing.T) {
	issuer, nonce := newIssuer(t, "rita@cedar.example")
	w, kept := accountWorld(t, required, func(o *Options) {
		o.Provider = &people.Provider{Issuer: issuer, ClientID: "triage", Secret: "s", Redirect: "http://localhost:1/login/back",
			Users: map[string]string{"rita@cedar.example": "rita"}}
	})
	b := w.visit(t)
	back, cookie := goThere(t, b, nonce)
	for _, want := range []string{"triage-provider=", "HttpOnly", "SameSite=Lax", "Max-Age=600"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("cookie %q lacks %s", cookie, want)
		}
	}
	w.visit(t).get(back).see(t, http.StatusForbidden, "another browser") // who got hold of the address
	in := b.get(back).leads(t, "/")
	if cookies := strings.Join(in.header.Values("Set-Cookie"), "\n"); !strings.Contains(cookies, "triage-provider=;") {
		t.Errorf("the cookie is kept: %s", cookies)
	}
	b.get("/").see(t, 200) // its second step counts as ours
	b.get(back).see(t, http.StatusForbidden)
	if kept.count("rita signed-in from 127.0.0.1, by provider") != 1 {
		t.Errorf("recorded: %q", kept.acts)
	}
	w.hides(t, kept, "zzcodezz", "zztokenzz", "cedar.example")
}

func TestAStrangersAccountElsewhere(t *testing.T) {
	issuer, nonce := newIssuer(t, "sam@cedar.example")
	w, kept := accountWorld(t, func(o *Options) {
		o.Secure = true
		o.Provider = &people.Provider{Issuer: issuer, ClientID: "triage", Secret: "s", Users: map[string]string{"rita@cedar.example": "rita"}}
	})
	b := w.visit(t)
	back, cookie := goThere(t, b, nonce)
	if !strings.HasPrefix(cookie, "__Host-triage-provider=") || !strings.Contains(cookie, "Secure") {
		t.Errorf("cookie %q", cookie)
	}
	req := b.request("GET", back)
	req.Header.Set("Cookie", strings.SplitN(cookie, ";", 2)[0]) // which a browser sends by https only
	b.do(req).see(t, http.StatusForbidden, "nobody&#39;s here")
	if kept.count("nobody sign-in-failed from 127.0.0.1") != 1 {
		t.Errorf("recorded: %q", kept.acts)
	}
}
