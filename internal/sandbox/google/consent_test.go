package google_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"triage/internal/sandbox"
)

// The example of RFC 7636, appendix B.
const (
	verifier  = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
	callback  = "http://127.0.0.1:8765/callback"
	manage    = "https://www.googleapis.com/auth/business.manage"
	page      = "/o/oauth2/v2/auth?"
)

// asking is what an app asks for, with changes; an empty value leaves one out.
func asking(change ...string) string {
	return form(url.Values{"client_id": {sandbox.GoogleClientID}, "redirect_uri": {callback}, "response_type": {"code"}, "scope": {manage}, "state": {"xyz & more"},
		"code_challenge": {challenge}, "code_challenge_method": {"S256"}, "access_type": {"offline"}, "prompt": {"consent"}}, change)
}

func form(values url.Values, change []string) string {
	for i := 0; i < len(change); i += 2 {
		values.Set(change[i], change[i+1])
		if change[i+1] == "" {
			values.Del(change[i])
		}
	}
	return values.Encode()
}

// browse opens an address as a browser does, but does not go where it is sent.
func (b *box) browse(method, path, body string) (status int, to *url.URL, text string) {
	b.Helper()
	req, err := http.NewRequest(method, b.url+path, strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, _ := io.ReadAll(resp.Body)
	to, err = url.Parse(resp.Header.Get("Location"))
	if err != nil {
		b.Fatal(err)
	}
	return resp.StatusCode, to, string(raw)
}

// code lets the app in and gives the code.
func (b *box) code(change ...string) string {
	b.Helper()
	status, to, _ := b.browse("POST", page+asking(change...), "decision=allow")
	if status != 303 || to.Query().Get("code") == "" {
		b.Fatal(status, to)
	}
	return to.Query().Get("code")
}

// redeem asks for tokens with a code.
func (b *box) redeem(code string, change ...string) reply {
	b.Helper()
	b.token = ""
	return b.send("POST", "/token", form(url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {callback}, "code_verifier": {verifier},
		"client_id": {sandbox.GoogleClientID}, "client_secret": {sandbox.GoogleClientSecret}}, change))
}

func TestConsent(t *testing.T) {
	b := open(t)
	status, to, text := b.browse("GET", page+asking(), "")
	b.want("the page", status, 200)
	for _, word := range []string{sandbox.PageName, sandbox.GoogleClientID, manage, ">Allow<", ">Deny<"} {
		if !strings.Contains(text, word) {
			t.Errorf("the page does not say %q: %s", word, text)
		}
	}
	b.want("it goes nowhere", to.String(), "")
	status, to, _ = b.browse("POST", page+asking(), "decision=deny")
	b.want("denied", status, 303)
	b.want("denied", to.String(), callback+"?error=access_denied&state=xyz+%26+more")
	status, to, _ = b.browse("POST", page+asking(), "decision=allow")
	b.want("allowed", status, 303)
	b.want("back", to.Scheme+"://"+to.Host+to.Path, callback)
	b.want("state", to.Query().Get("state"), "xyz & more")
	b.want("scope", to.Query().Get("scope"), manage)

	r := b.redeem(to.Query().Get("code"))
	b.want("redeemed", r.status, 200)
	b.want("seconds", r.at("expires_in"), 3599.0)
	b.want("scope", r.at("scope"), manage)
	b.token = "Bearer " + r.at("access_token").(string)
	b.want("it reads", b.get(reviews).status, 200)
	b.wait(time.Hour)
	b.want("for an hour", b.get(reviews).status, 401)
	b.token = ""
	again := b.send("POST", "/token", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {r.at("refresh_token").(string)},
		"client_id": {sandbox.GoogleClientID}, "client_secret": {sandbox.GoogleClientSecret}}.Encode())
	b.want("refreshed", again.at("scope"), manage)
	b.want("with the same refresh token", again.at("refresh_token"), nil)
	b.token = "Bearer " + again.at("access_token").(string)
	b.want("it reads again", b.get(reviews).status, 200)
}

func TestConsentWithoutAsking(t *testing.T) {
	b := open(t)
	b.turn("consent", "allow")
	status, to, _ := b.browse("GET", page+asking(), "")
	b.want("allowed at once", status, 302)
	b.want("redeemed", b.redeem(to.Query().Get("code")).status, 200)
	b.turn("consent", "deny")
	_, to, _ = b.browse("GET", page+asking("state", ""), "")
	b.want("denied at once", to.String(), callback+"?error=access_denied")
	_, to, _ = b.browse("GET", page+asking("redirect_uri", "https://evil.example/"), "")
	b.want("not to anywhere", to.String(), "")
}

// What is asked for wrongly is said on the page, never to the app.
func TestWhatIsNoConsent(t *testing.T) {
	b := open(t)
	b.turn("consent", "allow")
	for _, c := range []struct {
		name, value string
		status      int
		says        string
	}{
		{"client_id", "", 400, "client_id"},
		{"client_id", "other", 401, "invalid_client"},
		{"redirect_uri", "", 400, "redirect_uri"},
		{"redirect_uri", "https://practice.example/callback", 400, "redirect_uri_mismatch"},
		{"redirect_uri", "http://127.0.0.1.evil.example/", 400, "redirect_uri_mismatch"},
		{"redirect_uri", "urn:ietf:wg:oauth:2.0:oob", 400, "redirect_uri_mismatch"},
		{"response_type", "", 400, "response_type"},
		{"response_type", "token", 400, "unsupported_response_type"},
		{"scope", "", 400, "scope"},
		{"scope", manage + " colour", 400, "invalid=[colour]"},
		{"code_challenge_method", "plain", 400, "S256"},
		{"code_challenge_method", "", 400, "S256"},
		{"code_challenge", "short", 400, "S256"},
		{"access_type", "always", 400, "access_type"},
	} {
		status, to, text := b.browse("GET", page+asking(c.name, c.value), "")
		if status != c.status || !strings.Contains(text, c.says) || to.String() != "" {
			t.Errorf("%s %q: %d to %q: %s", c.name, c.value, status, to, text)
		}
	}
	for _, host := range []string{"localhost", "[::1]", "127.0.0.1"} {
		status, _, _ := b.browse("GET", page+asking("redirect_uri", "http://"+host+":51234/"), "")
		b.want(host, status, 302)
	}
	status, _, _ := b.browse("PUT", page+asking(), "")
	b.want("PUT", status, 405)
}

// Each of these is refused, and the code is dead afterwards, unless it was the app
// that is not known.
func TestCodesAreRedeemedOnce(t *testing.T) {
	b := open(t)
	for _, c := range []struct {
		name, value string
		status      int
		kind, says  string
		lives       bool
	}{
		{"client_id", "other", 401, "invalid_client", "not found", true},
		{"client_secret", "guessed", 401, "invalid_client", "Unauthorized", true},
		{"code_verifier", "wrong", 400, "invalid_grant", "Invalid code verifier.", false},
		{"code_verifier", "", 400, "invalid_grant", "Missing code verifier.", false},
		{"redirect_uri", "http://127.0.0.1:8766/callback", 400, "redirect_uri_mismatch", "Bad Request", false},
		{"redirect_uri", "", 400, "redirect_uri_mismatch", "Bad Request", false},
		{"code", "4/0Amade-up", 400, "invalid_grant", "Bad Request", true},
		{"code", "", 400, "invalid_request", "code", true},
		{"grant_type", "password", 400, "unsupported_grant_type", "password", true},
	} {
		code := b.code()
		r := b.redeem(code, c.name, c.value)
		b.says(c.name+" "+c.value, r, c.status, c.says)
		b.want(c.name+" "+c.value, r.at("error"), c.kind)
		b.want(c.name+" "+c.value+", then right", b.redeem(code).status == 200, c.lives)
	}
	code := b.code()
	b.want("once", b.redeem(code).status, 200)
	b.want("twice", b.redeem(code).at("error"), "invalid_grant")
	code = b.code()
	b.wait(time.Minute)
	b.want("after a minute", b.redeem(code).at("error"), "invalid_grant")
	code = b.code()
	b.send("DELETE", "/_sandbox", "")
	b.want("after a reset", b.redeem(code).at("error"), "invalid_grant")
	bare := func() string { return b.code("code_challenge", "", "code_challenge_method", "") }
	b.want("without a challenge", b.redeem(bare(), "code_verifier", "").status, 200)
	b.says("a verifier of nothing", b.redeem(bare()), 400, "code_verifier or verifier is not needed.")
}

// Google gives a refresh token when it is asked for one, but without prompt=consent
// only the first time.
func TestWhenThereIsARefreshToken(t *testing.T) {
	b := open(t)
	for i, c := range []struct {
		change []string
		comes  bool
	}{
		{[]string{"access_type", "online"}, false},
		{[]string{"access_type", ""}, false},
		{[]string{"prompt", "consent select_account"}, true},
		{[]string{"prompt", ""}, false},
		{[]string{"prompt", "select_account"}, false},
	} {
		b.want(strings.Join(c.change, " "), b.redeem(b.code(c.change...)).at("refresh_token") != nil, c.comes)
		if i == 4 {
			b.send("DELETE", "/_sandbox", "")
			b.want("the first time", b.redeem(b.code("prompt", "")).at("refresh_token") != nil, true)
		}
	}
	r := b.redeem(b.code("scope", "openid email"))
	b.want("scope", r.at("scope"), "openid email")
	b.token = "Bearer " + r.at("access_token").(string)
	b.says("not what it takes", b.get(reviews), 403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT")
}

// A library that knows OAuth 2.0 gets through.
func TestConsentWithALibrary(t *testing.T) {
	b := open(t)
	b.turn("consent", "allow")
	app := oauth2.Config{ClientID: sandbox.GoogleClientID, ClientSecret: sandbox.GoogleClientSecret, RedirectURL: "http://localhost:8765", Scopes: []string{manage},
		Endpoint: oauth2.Endpoint{AuthURL: b.url + "/o/oauth2/v2/auth", TokenURL: b.url + "/token"}}
	own := oauth2.GenerateVerifier()
	_, to, _ := b.browse("GET", strings.TrimPrefix(app.AuthCodeURL("s", oauth2.AccessTypeOffline, oauth2.ApprovalForce, oauth2.S256ChallengeOption(own)), b.url), "")
	token, err := app.Exchange(t.Context(), to.Query().Get("code"), oauth2.VerifierOption(own))
	if err != nil || token.RefreshToken == "" {
		t.Fatal(token, err)
	}
	resp, err := app.Client(t.Context(), token).Get(b.url + reviews)
	if err != nil || resp.StatusCode != 200 {
		t.Fatal(resp, err)
	}
	_ = resp.Body.Close()
}
