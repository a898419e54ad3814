package x_test

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
	everyone  = "tweet.read users.read tweet.write tweet.moderate.write dm.read dm.write offline.access"
	page      = "/i/oauth2/authorize?"
)

// asking is what an app asks for, with changes; an empty value leaves one out.
func asking(change ...string) string {
	return form(url.Values{"client_id": {sandbox.XClientID}, "redirect_uri": {callback}, "response_type": {"code"}, "scope": {everyone}, "state": {"xyz & more"},
		"code_challenge": {challenge}, "code_challenge_method": {"S256"}}, change)
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

// redeem asks for tokens with a code, as a public client.
func (b *box) redeem(code string, change ...string) reply {
	b.Helper()
	b.token = ""
	return b.send("POST", "/2/oauth2/token", form(url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {callback},
		"code_verifier": {verifier}, "client_id": {sandbox.XClientID}}, change))
}

func TestConsent(t *testing.T) {
	b := open(t)
	status, to, text := b.browse("GET", page+asking(), "")
	b.want("the page", status, 200)
	for _, word := range []string{sandbox.PageName, "@" + sandbox.XUsername, sandbox.XClientID, "tweet.moderate.write", ">Allow<", ">Deny<"} {
		if !strings.Contains(text, word) {
			t.Errorf("the page does not say %q: %s", word, text)
		}
	}
	b.want("it goes nowhere", to.String(), "")
	_, to, _ = b.browse("POST", page+asking(), "decision=deny")
	b.want("denied", to.String(), callback+"?error=access_denied&state=xyz+%26+more")
	b.turn("consent", "deny")
	status, to, _ = b.browse("GET", page+asking("state", "s"), "")
	b.want("denied at once", to.String(), callback+"?error=access_denied&state=s")
	b.want("denied at once", status, 302)
	b.turn("consent", "allow")
	_, to, _ = b.browse("GET", page+asking(), "")
	b.want("state", to.Query().Get("state"), "xyz & more")

	r := b.redeem(to.Query().Get("code"))
	b.want("redeemed", r.status, 200)
	b.want("type", r.at("token_type"), "bearer")
	b.want("seconds", r.at("expires_in"), 7200.0)
	b.want("scope", r.at("scope"), everyone)
	b.token = "Bearer " + r.at("access_token").(string)
	b.want("whose", b.get("/2/users/me").at("data", "id"), sandbox.XUserID)
	b.want("it writes", b.tweet("Hello", "").status, 201)
	next := b.refresh(r.at("refresh_token").(string), sandbox.XClientID)
	b.want("the next has the same scopes", next.at("scope"), everyone)
	b.want("once", b.refresh(r.at("refresh_token").(string), sandbox.XClientID).status, 400)
}

// What is asked for wrongly is said on the page, never to the app.
func TestWhatIsNoConsent(t *testing.T) {
	b := open(t)
	b.turn("consent", "allow")
	for _, c := range []struct{ name, value, says string }{
		{"client_id", "other", "client_id"},
		{"redirect_uri", "", "redirect_uri"},
		{"redirect_uri", "https://practice.example/callback", "redirect_uri"},
		{"redirect_uri", "http://127.0.0.1@evil.example/", "redirect_uri"},
		{"redirect_uri", "http://localhost:8765/callback", "not localhost"},
		{"response_type", "token", "response_type"},
		{"state", "", "state"},
		{"state", strings.Repeat("s", 501), "state"},
		{"scope", "", "scope"},
		{"scope", "tweet.read colour", "no such scopes: colour"},
		{"scope", "tweet.read,users.read", "no such scopes"},
		{"code_challenge", "", "code_challenge"},
		{"code_challenge_method", "plain", "S256"},
	} {
		status, to, text := b.browse("GET", page+asking(c.name, c.value), "")
		if status != 400 || !strings.Contains(text, c.says) || to.String() != "" {
			t.Errorf("%s %q: %d to %q: %s", c.name, c.value, status, to, text)
		}
	}
	status, _, _ := b.browse("DELETE", page+asking(), "")
	b.want("DELETE", status, 400)
}

// Each of these is refused, and the code is dead afterwards, unless the request was
// not even looked at.
func TestCodesAreRedeemedOnce(t *testing.T) {
	b := open(t)
	for _, c := range []struct {
		name, value string
		status      int
		kind, says  string
		lives       bool
	}{
		{"client_id", "other", 401, "unauthorized_client", "authorization header", true},
		{"grant_type", "password", 400, "unsupported_grant_type", "grant type", true},
		{"code_verifier", "", 400, "invalid_request", "[code_verifier]", true},
		{"redirect_uri", "", 400, "invalid_request", "[redirect_uri]", true},
		{"code", "", 400, "invalid_request", "[code]", true},
		{"code", "made-up", 400, "invalid_grant", "authorization code was invalid", true},
		{"code_verifier", "wrong", 400, "invalid_grant", "did not match the code challenge", false},
		{"redirect_uri", "http://127.0.0.1:8766/callback", 400, "invalid_grant", "did not match the uri", false},
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
	b.turn("code-error", "invalid_request")
	b.want("twice, as X was seen to say", b.redeem(code).at("error"), "invalid_request")
	code = b.code()
	b.wait(time.Minute)
	b.want("after a minute", b.redeem(code).status, 400)
	code = b.code()
	b.send("DELETE", "/_sandbox", "")
	b.want("after a reset", b.redeem(code).status, 400)
}

// A token may do what was agreed to, in X's words for the rest.
func TestScopesAreKept(t *testing.T) {
	b := open(t)
	id := b.say("my knee", "")
	person := b.get("/2/tweets/"+id+"?expansions=author_id").at("data", "author_id").(string)
	grant := func(scope string) reply {
		r := b.redeem(b.code("scope", scope))
		b.want(scope, r.at("scope"), scope)
		b.token = "Bearer " + r.at("access_token").(string)
		return r
	}
	for _, c := range []struct {
		scope                      string
		read, post, hide, dms, say int
	}{
		{"users.read", 403, 403, 403, 403, 403}, // users.read alone is not enough even for /2/users/me
		{"tweet.read users.read", 200, 403, 403, 403, 403},
		{"tweet.read users.read tweet.write", 200, 201, 403, 403, 403},
		{"tweet.read users.read tweet.moderate.write", 200, 403, 200, 403, 403},
		{"tweet.read users.read dm.read", 200, 403, 403, 200, 403},
		{"tweet.read users.read dm.write", 200, 403, 403, 403, 201},
	} {
		b.want(c.scope+": no refresh token", grant(c.scope).at("refresh_token"), nil)
		b.want(c.scope+": read", b.get("/2/users/me").status, c.read)
		b.want(c.scope+": post", b.tweet("Hello from "+c.scope, "").status, c.post)
		b.want(c.scope+": hide", b.send("PUT", "/2/tweets/"+id+"/hidden", `{"hidden":true}`).status, c.hide)
		b.want(c.scope+": messages", b.get("/2/dm_events").status, c.dms)
		b.want(c.scope+": tell", b.send("POST", "/2/dm_conversations/with/"+person+"/messages", `{"text":"Hello"}`).status, c.say)
	}
	grant("tweet.read users.read")
	b.says("in which words", b.tweet("Hello", ""), 403, `"detail":"Forbidden"`)
	r := grant("tweet.read users.read offline.access")
	b.want("refreshing gives no more", b.refresh(r.at("refresh_token").(string), sandbox.XClientID).at("scope"), "tweet.read users.read offline.access")
}

// A library that knows OAuth 2.0 gets through, with a secret and without.
func TestConsentWithALibrary(t *testing.T) {
	b := open(t)
	b.turn("consent", "allow")
	for _, kind := range []string{"public", "confidential"} {
		b.turn("client", kind)
		secret := map[string]string{"confidential": sandbox.XClientSecret}[kind]
		app := oauth2.Config{ClientID: sandbox.XClientID, ClientSecret: secret, RedirectURL: callback, Scopes: strings.Fields(everyone),
			Endpoint: oauth2.Endpoint{AuthURL: b.url + "/i/oauth2/authorize", TokenURL: b.url + "/2/oauth2/token"}}
		own := oauth2.GenerateVerifier()
		_, to, _ := b.browse("GET", strings.TrimPrefix(app.AuthCodeURL("s", oauth2.S256ChallengeOption(own)), b.url), "")
		token, err := app.Exchange(t.Context(), to.Query().Get("code"), oauth2.VerifierOption(own))
		if err != nil || token.RefreshToken == "" {
			t.Fatal(kind, token, err)
		}
		resp, err := app.Client(t.Context(), token).Get(b.url + mentions)
		if err != nil || resp.StatusCode != 200 {
			t.Fatal(kind, resp, err)
		}
		_ = resp.Body.Close()
	}
	b.says("a confidential one without its secret", b.redeem(b.code()), 401, "Missing valid authorization header")
}
