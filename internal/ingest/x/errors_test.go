package x

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"triage/internal/ingest"
)

// What X may answer, and what that means: for reading, and for doing something.
var answers = []struct {
	status int
	body   string
	read   ingest.ReadKind
	action ingest.ActionKind
	write  ingest.Result
	code   string
	stop   bool
}{
	{400, `{"errors":[{"parameters":{"x":["y"]},"message":"no"}],"title":"Invalid Request","detail":"One or more parameters to your request was invalid.","type":"https://api.twitter.com/2/problems/invalid-request"}`,
		ingest.Bad, ingest.Reply, ingest.Refused, "invalid-request", false},
	{401, `{"title":"Unauthorized","type":"about:blank","status":401,"detail":"Unauthorized"}`, ingest.Dead, ingest.Reply, ingest.Refused, "http 401", true},
	{401, `{"errors":[{"code":89,"message":"Invalid or expired token."}]}`, ingest.Dead, ingest.Reply, ingest.Refused, "89", true},
	{401, `{"errors":[{"code":"32","message":"x"}]}`, ingest.Dead, ingest.Reply, ingest.Refused, "32", true},
	{401, `{"errors":[{"code":135,"message":"Timestamp out of bounds."}]}`, ingest.Forbidden, ingest.Reply, ingest.Later, "135", false},
	{402, `{"title":"CreditsDepleted","detail":"x","type":"https://api.x.com/2/problems/credits","account_id":1}`, ingest.Forbidden, ingest.Reply, ingest.Later, "http 402", true},
	{403, `{"detail":"You are not allowed to create a Tweet with duplicate content.","type":"about:blank","title":"Forbidden","status":403}`,
		ingest.Bad, ingest.Reply, ingest.Unclear, "http 403", false},
	{403, `{"errors":[{"code":187,"message":"Status is a duplicate."}]}`, ingest.Bad, ingest.Reply, ingest.Unclear, "187", false},
	{403, `{"detail":"Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author of the post you are replying to.","type":"about:blank","title":"Forbidden","status":403}`,
		ingest.Bad, ingest.Reply, ingest.Refused, "http 403", false},
	{403, `{"errors":[{"code":433,"message":"x"}]}`, ingest.Bad, ingest.Reply, ingest.Refused, "433", false},
	{403, `{"detail":"You do not have permission to DM one or more participants.","type":"about:blank","title":"Forbidden","status":403}`,
		ingest.Bad, ingest.Private, ingest.Refused, "http 403", false},
	{403, `{"detail":"This operation is not permitted.","type":"about:blank","title":"Forbidden","status":403}`, ingest.Forbidden, ingest.Private, ingest.Refused, "http 403", false},
	{403, `{"detail":"x","type":"about:blank","title":"Forbidden","status":403}`, ingest.Forbidden, ingest.Hide, ingest.Refused, "http 403", false},
	{403, `{"detail":"x","type":"https://api.x.com/2/problems/oauth1-permissions","title":"Forbidden"}`, ingest.Forbidden, ingest.Hide, ingest.Refused, "oauth1-permissions", false},
	{403, `{"detail":"x","type":"https://api.twitter.com/2/problems/client-forbidden","title":"x","reason":"client-not-enrolled"}`, ingest.Forbidden, ingest.Reply, ingest.Refused, "client-forbidden", false},
	{403, `{"errors":[{"message":"You currently have access to a subset of X API V2 endpoints","code":453}]}`, ingest.Forbidden, ingest.Reply, ingest.Refused, "453", false},
	{403, `{"errors":[{"code":64,"message":"Your account is suspended"}]}`, ingest.Dead, ingest.Reply, ingest.Refused, "64", true},
	{403, `{"errors":[{"code":326,"message":"locked"}]}`, ingest.Dead, ingest.Reply, ingest.Refused, "326", true},
	{403, `{"errors":[{"code":226,"message":"looks automated"}]}`, ingest.Throttled, ingest.Reply, ingest.Refused, "226", true},
	{403, `<html>`, ingest.Forbidden, ingest.Reply, ingest.Refused, "http 403", false},
	{404, `{"title":"Not Found Error","type":"https://api.twitter.com/2/problems/resource-not-found","detail":"x"}`, ingest.Bad, ingest.Hide, ingest.Refused, "resource-not-found", false},
	{404, `{"errors":[{"code":144,"message":"No status found with that ID."}]}`, ingest.Bad, ingest.TakeDown, ingest.Refused, "144", false},
	{403, `{"errors":[{"code":179,"message":"not authorized to see this status"}]}`, ingest.Forbidden, ingest.Reply, ingest.Refused, "179", false},
	{404, `<html>Not found</html>`, ingest.Bad, ingest.Reply, ingest.Refused, "http 404", false},
	{404, ``, ingest.Bad, ingest.TakeDown, ingest.Refused, "http 404", false},
	{409, `{"title":"Conflict","type":"https://api.x.com/2/problems/conflict","detail":"x"}`, ingest.Bad, ingest.Reply, ingest.Unclear, "conflict", false},
	{429, `{"title":"Too Many Requests","detail":"Too Many Requests","type":"about:blank","status":429}`, ingest.Throttled, ingest.Reply, ingest.Later, "http 429", false},
	{429, `{"errors":[{"code":88,"message":"Rate limit exceeded"}]}`, ingest.Throttled, ingest.Reply, ingest.Later, "88", false},
	{429, ``, ingest.Throttled, ingest.Reply, ingest.Later, "http 429", false},
	{429, `{"title":"UsageCapExceeded","period":"Monthly","scope":"Product","type":"https://api.twitter.com/2/problems/usage-capped","detail":"x"}`,
		ingest.Forbidden, ingest.Reply, ingest.Later, "usage-capped", true},
	{403, `{"errors":[{"code":185,"message":"over daily status update limit"}]}`, ingest.Throttled, ingest.Reply, ingest.Later, "185", false},
	{403, `{"errors":[{"code":186,"message":"Tweet needs to be a bit shorter."}]}`, ingest.Bad, ingest.Reply, ingest.Refused, "186", false},
	{503, `{"title":"Service Unavailable","detail":"Service Unavailable","type":"about:blank","status":503}`, ingest.Temporary, ingest.Reply, ingest.Unclear, "http 503", false},
	{500, `{"errors":[{"code":131,"message":"Internal error"}]}`, ingest.Temporary, ingest.Reply, ingest.Unclear, "131", false},
	{503, `{"errors":[{"code":144,"message":"x"}]}`, ingest.Temporary, ingest.Reply, ingest.Unclear, "144", false},
	{503, `{"errors":[{"code":88,"message":"Rate limit exceeded"}]}`, ingest.Throttled, ingest.Reply, ingest.Unclear, "88", false},
	{502, `<html>bad gateway</html>`, ingest.Temporary, ingest.Reply, ingest.Unclear, "http 502", false},
	{302, ``, ingest.Temporary, ingest.Reply, ingest.Unclear, "http 302", false},
	{408, ``, ingest.Temporary, ingest.Reply, ingest.Unclear, "http 408", false},
	{418, `{"error":"teapot"}`, ingest.Bad, ingest.Reply, ingest.Refused, "http 418", false},
	{200, `{"errors":[{"title":"Forbidden","type":"https://api.x.com/2/problems/not-authorized-for-resource","detail":"x"}]}`, ingest.Forbidden, ingest.Reply, ingest.Refused, "not-authorized-for-resource", false},
	{200, `{"error":{"code":89,"message":"x"}}`, ingest.Dead, ingest.Reply, ingest.Refused, "89", true},
	{200, `true`, ingest.Bad, ingest.Reply, ingest.Unclear, "http 200", false},
	{200, ``, ingest.Bad, ingest.Reply, ingest.Unclear, "http 200", false},
	{200, `{"data":{"id":"1","te`, ingest.Bad, ingest.Reply, ingest.Unclear, "http 200", false},
	{201, `{"data":{"id":"1"}} trailing`, ingest.Bad, ingest.Reply, ingest.Unclear, "http 201", false},
	{200, `{"data":{"id":"../1"}}`, ingest.Bad, ingest.Reply, ingest.Unclear, "http 200", false},
	{200, `{"data":{"hidden":false}}`, ingest.Bad, ingest.Hide, ingest.Unclear, "http 200", false},
}

func TestAnswers(t *testing.T) {
	for _, c := range answers {
		r := start(t, private, oauth1Config)
		root := r.add(fact{author: us, text: "Flu clinic"})
		id := r.add(fact{text: "@practice hi @practice", shown: 10, answers: root, conversation: root})
		r.dm(pat)
		r.answer = func(w http.ResponseWriter, req *http.Request) bool {
			if req.Method == http.MethodGet {
				return false
			}
			w.WriteHeader(c.status)
			_, _ = w.Write([]byte(c.body))
			return true
		}
		r.pass(time.Minute)
		out := r.Act(t.Context(), ingest.Action{Kind: c.action, Item: id, Text: "x"})
		if c.action == ingest.Private { // a message from before the mention stands
			out = r.Act(t.Context(), ingest.Action{Kind: c.action, Item: r.mention("hi"), Text: "x"})
		}
		if out.Result != c.write || out.Code != c.code || out.StopPosting != c.stop || !strings.Contains(out.Why, ";") || out.Result == ingest.Later && out.After <= 0 {
			t.Errorf("%d %s: written as %+v", c.status, c.body, out)
		}
		r.says(c.status, c.body)
		_, err := r.api.me(t.Context())
		if kind := kindOf(err); kind != c.read || err != nil && !strings.Contains(err.Error(), ";") {
			t.Errorf("%d %s: read as %v", c.status, c.body, err)
		}
	}
}

// What a stopped account waits for.
func TestWaits(t *testing.T) {
	r := start(t)
	for body, want := range map[string]time.Duration{
		`{"errors":[{"code":226}]}`: robotWait, `{"errors":[{"code":64}]}`: lockedWait, `{"errors":[{"code":135}]}`: clockWait,
		`{"errors":[{"code":88}]}`: throttleWait, `{"type":"x/usage-capped"}`: spentWait,
	} {
		r.says(403, body)
		_, err := r.api.me(t.Context())
		out := r.Act(t.Context(), ingest.Action{Kind: ingest.TakeDown, Item: "1"})
		if read, ok := err.(*ingest.ReadError); !ok || read.RetryAfter != want || out.After != want {
			t.Errorf("%s: %v, %+v", body, err, out)
		}
	}
}

// Redirects of a write are not followed, nor those of a read to another host.
func TestRedirects(t *testing.T) {
	r := start(t)
	r.says(307, "", "Location", "http://127.0.0.1:1/steal")
	if out := r.Act(t.Context(), ingest.Action{Kind: ingest.TakeDown, Item: "1"}); out.Result != ingest.Unclear || len(r.took()) != 1 {
		t.Errorf("%+v", out)
	}
	if _, err := r.api.me(t.Context()); kindOf(err) != ingest.Temporary || len(r.took()) != 1 {
		t.Errorf("%v", err)
	}
}

func TestSlowAnswerIsUnclear(t *testing.T) {
	r := start(t)
	r.api.(*version2).http = ingest.NewHTTP(&http.Client{Timeout: 30 * time.Millisecond})
	r.answer = func(_ http.ResponseWriter, req *http.Request) bool { <-req.Context().Done(); return true }
	if out := r.Act(t.Context(), ingest.Action{Kind: ingest.TakeDown, Item: "1"}); out.Result != ingest.Unclear {
		t.Errorf("%+v", out)
	}
	if out := r.Act(t.Context(), ingest.Action{Kind: ingest.Reply, Item: "1", Text: "x"}); out.Result != ingest.Later {
		t.Errorf("nothing was sent yet: %+v", out)
	}
}

func TestUnreachableIsLater(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	for _, change := range []func(*Config){func(*Config) {}, oauth1Config, func(c *Config) { oauth1Config(c); c.API = v1Name }} {
		r := start(t, change, func(c *Config) { c.BaseURL = "http://" + l.Addr().String() })
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for _, ctx := range []context.Context{t.Context(), ctx} {
			for _, a := range []ingest.Action{{Kind: ingest.Reply, Item: "1", Text: "x"}, {Kind: ingest.TakeDown, Item: "1"}} {
				if out := r.Act(ctx, a); out.Result != ingest.Later || out.After <= 0 || out.Why == "" {
					t.Errorf("%+v", out)
				}
			}
		}
	}
}

func FuzzAnswers(f *testing.F) {
	f.Add([]byte(`{"data":[{"id":"1","text":"a &amp; https://t.co/a","edit_history_tweet_ids":["1"],"entities":{"mentions":[{"start":0,"end":2,"id":"7"}],"urls":[{"url":"https://t.co/a","expanded_url":"b"}]},"display_text_range":[0,5]}],"includes":{"users":[{"id":"1"}]},"errors":[{"code":1,"type":"a/b"}],"meta":{"next_token":"x"}}`))
	c, _ := New(Config{User: us, ClientID: "c"}, Options{Tokens: ingest.FixedToken("t")})
	v := c.api.(*version2)
	empty := ""
	v.handle.Store(&empty)
	f.Fuzz(func(t *testing.T, body []byte) {
		o := objectOf(body)
		pg, _ := v.page(t.Context(), o)
		for _, p := range pg.posts {
			c.comment(p)
		}
		judge(failureOf(body), 400, ingest.Reply)
		(&version1{}).post(o)
	})
}
