package people

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/coreos/go-oidc/v3/oidc/oidctest"
)

// elsewhere is a provider of identities: it gives a code for whoever it is told, and
// for the code a token if the verifier fits.
type elsewhere struct {
	*httptest.Server
	key  *rsa.PrivateKey
	mu   sync.Mutex
	asks url.Values
	// claims are put over what is right, a nil takes away.
	claims map[string]any
	down   bool
}

func newElsewhere(t *testing.T) *elsewhere {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	e := &elsewhere{key: key}
	known := &oidctest.Server{PublicKeys: []oidctest.PublicKey{{PublicKey: key.Public(), KeyID: "k", Algorithm: oidc.RS256}}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /token", e.token)
	mux.Handle("/", known)
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if e.down {
			http.Error(w, "zzcanaryzz", http.StatusServiceUnavailable)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(e.Close)
	known.SetIssuer(e.URL)
	return e
}

func (e *elsewhere) token(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	defer e.mu.Unlock()
	_ = r.ParseForm()
	sum := sha256.Sum256([]byte(r.PostForm.Get("code_verifier")))
	if r.PostForm.Get("code") != "zzcodezz" || url64.EncodeToString(sum[:]) != e.asks.Get("code_challenge") || e.asks.Get("code_challenge_method") != "S256" {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"error":"invalid_grant","error_description":"zzcanaryzz"}`)
		return
	}
	claims := map[string]any{"iss": e.URL, "aud": "triage", "sub": "dana-there", "nonce": e.asks.Get("nonce"),
		"exp": time.Now().Add(time.Hour).Unix(), "iat": time.Now().Unix(), "email": "Dana@cedar.example", "email_verified": true}
	maps.Copy(claims, e.claims)
	raw, _ := json.Marshal(claims)
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"access_token": "zzcanaryzz", "token_type": "Bearer", "id_token": oidctest.SignIDToken(e.key, "k", oidc.RS256, string(raw))})
}

// consent is what the provider sends back for somebody who was sent there.
func (e *elsewhere) consent(t *testing.T, address string) url.Values {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.asks = u.Query()
	if got := e.asks.Get("redirect_uri"); got != "http://localhost:1/login/back" {
		t.Errorf("led back to %s", got)
	}
	return url.Values{"code": {"zzcodezz"}, "state": {e.asks.Get("state")}}
}

func (e *elsewhere) provider() *Provider {
	return &Provider{Issuer: e.URL, ClientID: "triage", Secret: "zzsecretzz", Redirect: "http://localhost:1/login/back",
		Users: map[string]string{"dana@cedar.example": "dana", "old@cedar.example": "old", "gone@cedar.example": "gone"}}
}

// withDana are people of whom the provider knows some.
func withDana(t *testing.T) *People {
	t.Helper()
	p, _, _ := newPeople(t)
	for _, name := range []string{"dana", "old"} {
		if _, err := p.AddInvited(t.Context(), name, Officer); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.SetDisabled(t.Context(), "old", true); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAProviderSignsIn(t *testing.T) {
	e, p := newElsewhere(t), withDana(t)
	o := e.provider()
	for range 2 {
		address, secret, err := o.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(address, secret) || strings.Contains(address, "zzsecretzz") {
			t.Error("a secret is in the address")
		}
		u, err := o.Finish(t.Context(), p, secret, e.consent(t, address))
		if err != nil || u.Name != "dana" || u.Role != Officer || u.Subject == "" || strings.Contains(u.Subject, "dana-there") {
			t.Errorf("%+v, %v", u.Name, err)
		}
	}
}

func TestWhomAProviderMustNotLetIn(t *testing.T) {
	for name, tt := range map[string]struct {
		claims map[string]any
		answer func(url.Values) // changes it
		secret string
		want   error
	}{
		"an unknown address":         {claims: map[string]any{"email": "sam@cedar.example"}, want: ErrStranger},
		"no address":                 {claims: map[string]any{"email": ""}, want: ErrStranger},
		"an address nobody verified": {claims: map[string]any{"email_verified": false}, want: ErrStranger},
		"one who is shut out here":   {claims: map[string]any{"email": "old@cedar.example"}, want: ErrStranger},
		"one who is no user here":    {claims: map[string]any{"email": "gone@cedar.example"}, want: ErrStranger},
		"a token for another page":   {claims: map[string]any{"aud": "others"}, want: ErrProvider},
		"a token of another issuer":  {claims: map[string]any{"iss": "https://evil.example"}, want: ErrProvider},
		"a token that is over":       {claims: map[string]any{"exp": 1}, want: ErrProvider},
		"a token for another try":    {claims: map[string]any{"nonce": "other"}, want: ErrDenied},
		"another browser":            {secret: "another browser's secret", want: ErrDenied},
		"no browser":                 {secret: "-", want: ErrDenied},
		"a refusal":                  {answer: func(a url.Values) { a.Del("code"); a.Set("error", "access_denied") }, want: ErrDenied},
		"a forged code":              {answer: func(a url.Values) { a.Set("code", "forged") }, want: ErrProvider},
		"a mixed up provider":        {answer: func(a url.Values) { a.Set("iss", "https://evil.example") }, want: ErrDenied},
		"a state that is not ours":   {answer: func(a url.Values) { a.Set("state", "x") }, want: ErrDenied},
	} {
		t.Run(name, func(t *testing.T) {
			e, p := newElsewhere(t), withDana(t)
			e.claims = tt.claims
			o := e.provider()
			address, secret, err := o.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			answer := e.consent(t, address)
			if tt.answer != nil {
				tt.answer(answer)
			}
			if tt.secret != "" {
				secret = strings.Trim(tt.secret, "-")
			}
			u, err := o.Finish(t.Context(), p, secret, answer)
			if !errors.Is(err, tt.want) || u.Name != "" {
				t.Errorf("%q, %v, want %v", u.Name, err, tt.want)
			}
			if regexp.MustCompile(`zz(canary|code|secret)zz|cedar\.example`).MatchString(err.Error()) {
				t.Errorf("the error tells: %v", err)
			}
		})
	}
}

// An address that passes on to somebody else lets nobody in: the user is tied to the
// account that came first, until an admin unties them.
func TestAnAddressThatPassesOn(t *testing.T) {
	e, p := newElsewhere(t), withDana(t)
	o := e.provider()
	come := func(subject string) error {
		e.claims = map[string]any{"sub": subject}
		address, secret, err := o.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		_, err = o.Finish(t.Context(), p, secret, e.consent(t, address))
		return err
	}
	if err := come("first"); err != nil {
		t.Fatal(err)
	}
	if err := come("second"); !errors.Is(err, ErrStranger) {
		t.Errorf("another account: %v", err)
	}
	if err := p.Reset(t.Context(), "dana"); err != nil {
		t.Fatal(err)
	}
	if err := come("second"); err != nil {
		t.Errorf("after an admin untied them: %v", err)
	}
}

// A provider that is down is asked again, and its words are in no error.
func TestAProviderThatIsDown(t *testing.T) {
	e, p := newElsewhere(t), withDana(t)
	o := e.provider()
	e.down = true
	if _, _, err := o.Begin(t.Context()); !errors.Is(err, ErrProvider) || strings.Contains(err.Error(), "zzcanaryzz") {
		t.Errorf("down: %v", err)
	}
	e.down = false
	if _, _, err := o.Begin(t.Context()); !errors.Is(err, ErrProvider) {
		t.Errorf("asked again at once: %v", err)
	}
	o.failed = o.failed.Add(-providerRest)
	address, secret, err := o.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	answer := e.consent(t, address)
	e.down = true
	if _, err := o.Finish(t.Context(), p, secret, answer); !errors.Is(err, ErrProvider) || strings.Contains(err.Error(), "zzcanaryzz") {
		t.Errorf("down in between: %v", err)
	}
}
