package x_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/dghubble/oauth1"

	"triage/internal/sandbox"
)

func TestBearerTokens(t *testing.T) {
	b := open(t)
	id := b.say("my knee", "")
	for _, c := range []struct {
		token, method, path, body string
		status                    int
		says                      string
	}{
		{"Bearer " + sandbox.XUserToken, "GET", "/2/users/me", "", 200, sandbox.XUserID},
		{"Bearer " + sandbox.XAppToken, "GET", mentions, "", 200, id},
		{"Bearer " + sandbox.XAppToken, "GET", "/2/users/me", "", 403, "unsupported-authentication"},
		{"Bearer " + sandbox.XAppToken, "POST", "/2/tweets", `{"text":"a"}`, 403, "unsupported-authentication"},
		{"Bearer " + sandbox.XPersonToken, "GET", "/2/users/me", "", 200, "robin_manager"},
		{"Bearer " + sandbox.XPersonToken, "POST", "/2/tweets", `{"text":"a"}`, 403, "not permitted"},
		{"Bearer " + sandbox.XExpiredToken, "GET", mentions, "", 401, "Unauthorized"},
		{"", "GET", mentions, "", 401, "Unauthorized"},
		{"Bearer " + sandbox.XUserToken, "GET", "/2/nothing", "", 404, "Not Found"},
		{"Bearer " + sandbox.XUserToken, "PUT", "/2/tweets", `{}`, 405, "Method"},
	} {
		b.token = c.token
		b.says(c.token+c.path, b.send(c.method, c.path, c.body), c.status, c.says)
	}
}

func (b *box) refresh(token, client string) reply {
	b.Helper()
	b.token = ""
	return b.send("POST", "/2/oauth2/token", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}, "client_id": {client}}.Encode())
}

func TestRefreshTokensRotate(t *testing.T) {
	b := open(t)
	b.says("another client", b.refresh(sandbox.XRefreshToken, "other"), 401, "unauthorized_client")
	r := b.refresh(sandbox.XRefreshToken, sandbox.XClientID)
	b.want("seconds", r.at("expires_in"), 7200.0)
	b.says("used", b.refresh(sandbox.XRefreshToken, sandbox.XClientID), 400, "invalid_request")
	access, next := r.at("access_token").(string), r.at("refresh_token").(string)
	use := func() int { b.token = "Bearer " + access; return b.get("/2/users/me").status }
	b.want("access", use(), 200)
	b.wait(2*time.Hour - time.Second)
	b.want("nearly two hours", use(), 200)
	b.wait(time.Second)
	b.want("two hours", use(), 401)
	b.want("next", b.refresh(next, sandbox.XClientID).status, 200)
	b.turn("refresh-error", "invalid_grant")
	b.says("used", b.refresh(next, sandbox.XClientID), 400, "invalid_grant")
	b.says("made up", b.refresh("sandbox-x-refresh-0-00-00", sandbox.XClientID), 400, "invalid")
	b.token = "Bearer " + access[:len(access)-1] + "x"
	b.want("made up", b.get("/2/users/me").status, 401)

	b.send("DELETE", "/_sandbox", "")
	b.want("the first is good again after a reset", b.refresh(sandbox.XRefreshToken, sandbox.XClientID).status, 200)
	b.turn("client", "confidential")
	b.says("public", b.refresh(sandbox.XRefreshToken, sandbox.XClientID), 401, "Missing valid authorization header")
	req, _ := http.NewRequest("POST", b.url+"/2/oauth2/token", strings.NewReader("grant_type=refresh_token&refresh_token="+r.at("refresh_token").(string)))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(sandbox.XClientID, sandbox.XClientSecret)
	b.want("confidential", b.do(req, "").status, 200)
	b.turn("token", "revoked")
	b.token = "Bearer " + sandbox.XUserToken
	b.want("revoked", b.get("/2/users/me").status, 401)
}

// hosted signs for the public host and sends to the box.
type hosted struct {
	host, box string
	sent      *http.Request
	header    func(string) string
}

func (h *hosted) RoundTrip(r *http.Request) (*http.Response, error) {
	to, _ := url.Parse(h.box)
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host, r.Host = to.Scheme, to.Host, to.Host
	if h.header != nil {
		r.Header.Set("Authorization", h.header(r.Header.Get("Authorization")))
	}
	h.sent = r
	return http.DefaultTransport.RoundTrip(r)
}

// signing is a client that signs as OAuth 1.0a does.
func signing(b *box, secret string) (*http.Client, *hosted) {
	h := &hosted{box: b.url}
	ctx := context.WithValue(b.Context(), oauth1.HTTPClient, &http.Client{Transport: h})
	return oauth1.NewConfig(sandbox.XConsumerKey, secret).Client(ctx, oauth1.NewToken(sandbox.XToken, sandbox.XTokenSecret)), h
}

func TestSignedRequests(t *testing.T) {
	b := open(t)
	b.clock = time.Now() // the library signs with the real time
	id := b.say("my knee", "")
	right, h := signing(b, sandbox.XConsumerSecret)
	wrong, _ := signing(b, "guessed")
	ask := func(c *http.Client, method, address, body string) reply {
		req, _ := http.NewRequest(method, address, strings.NewReader(body))
		req.Header.Set("Content-Type", "application/json")
		b.web = c
		defer func() { b.web = http.DefaultClient }()
		return b.do(req, body)
	}
	for _, host := range []string{"https://api.x.com", "https://api.twitter.com", b.url} {
		b.want(host, ask(right, "GET", host+mentions+"?max_results=5&expansions=author_id,referenced_tweets.id", "").ids(), id)
	}
	r := ask(right, "POST", "https://api.x.com/2/tweets", `{"text":"signed & sent"}`)
	b.want("a JSON body is not signed", r.status, 201)
	b.want("access", r.header.Get("x-access-level"), "read-write-directmessages")
	b.says("another host", ask(right, "GET", "https://api.example"+mentions, ""), 401, "Unauthorized")
	b.says("wrong secret", ask(wrong, "GET", "https://api.x.com"+mentions, ""), 401, "Unauthorized")

	again := h.sent.Clone(t.Context())
	again.RequestURI = ""
	b.want("again", b.do(again, "").status, 401)
	b.wait(6 * time.Minute)
	b.says("an old one", ask(right, "GET", "https://api.x.com"+mentions, ""), 401, `"code":135`)
	h.header = func(s string) string { return strings.Replace(s, "oauth_token=", "oauth_other=", 1) }
	b.says("no token", ask(right, "GET", "https://api.x.com"+mentions, ""), 401, "Unauthorized")
	h.header = nil
	b.clock = time.Now()
	b.turn("access", "read")
	b.says("access", ask(right, "POST", "https://api.x.com/2/tweets", `{"text":"b"}`), 403, "oauth1-permissions")
	b.want("level", ask(right, "GET", "https://api.x.com/2/users/me", "").header.Get("x-access-level"), "read")
}

func TestTroubleWithTheAccount(t *testing.T) {
	b := open(t)
	for _, c := range []struct {
		name, value, path string
		status            int
		says              string
	}{
		{"credits", "depleted", mentions, 402, "CreditsDepleted"},
		{"account", "suspended", mentions, 403, `"code":64`},
		{"account", "locked", mentions, 403, `"code":326`},
		{"enrolled", "no", mentions, 403, "client-not-enrolled"},
		{"v1.1", "off", "/1.1/statuses/mentions_timeline.json", 403, `"code":453`},
		{"v1.1", "off", "/1.1/direct_messages/events/new.json", 403, `"code":453`},
		{"token", "revoked", "/1.1/statuses/mentions_timeline.json", 401, `"code":89`},
		{"spelling", "tweet", mentions + "?post.fields=text", 400, "api.twitter.com/2/problems/invalid-request"},
		{"spelling", "post", mentions + "?tweet.fields=text", 400, "api.x.com/2/problems/invalid-request"},
		{"errors", "json", mentions + "?max_results=1", 400, "invalid-request"},
	} {
		b.send("DELETE", "/_sandbox", "")
		b.turn(c.name, c.value)
		r := b.get(c.path)
		b.says(c.name+" "+c.value, r, c.status, c.says)
		if c.name == "errors" {
			b.want("content type", r.header.Get("Content-Type"), "application/json; charset=utf-8")
		}
	}
	b.send("DELETE", "/_sandbox", "")
	b.turn("account", "automated")
	b.want("reading goes on", b.get(mentions).status, 200)
	b.says("writing does not", b.tweet("a", ""), 403, `"code":226`)
	b.turn("access", "read-write")
	b.says("no DMs", b.send("POST", "/2/dm_conversations/with/5/messages", `{"text":"a"}`), 403, "not permitted")
}

func TestLimits(t *testing.T) {
	b := open(t)
	var r reply
	for range 75 {
		r = b.get("/2/users/me")
	}
	b.want("last", r.status, 200)
	b.want("limit", r.header.Get("x-rate-limit-limit"), "75")
	b.want("none left", r.header.Get("x-rate-limit-remaining"), "0")
	b.want("reset", r.header.Get("x-rate-limit-reset"), "1788257700")
	b.says("one too many", b.get("/2/users/me"), 429, "Too Many Requests")
	b.want("another endpoint", b.get(mentions).status, 200)
	b.turn("429", "v1")
	b.says("in the old shape", b.get("/2/users/me"), 429, `"code":88`)
	b.wait(15 * time.Minute)
	b.want("a new window", b.get("/2/users/me").header.Get("x-rate-limit-remaining"), "74")

	b.turn("daily-posts", "1")
	b.want("one a day", b.tweet("a", "").status, 201)
	b.wait(time.Hour)
	r = b.tweet("b", "")
	b.want("no second", r.status, 429)
	b.want("although some are left", r.header.Get("x-rate-limit-remaining"), "99")
	b.want("of the day none", r.header.Get("x-app-limit-24hour-remaining"), "0")
	b.want("until", r.header.Get("x-app-limit-24hour-reset"), "1788344100")
	b.turn("limits", "off")
	b.want("off", b.tweet("b", "").status, 201)
}
