package x

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"triage/internal/ingest"
)

const secret = "canary-secret"

func signed(c *Config) { c.ClientID, c.ConsumerKey = "", "ck" }

// sections are changes to a good section, and what is said about each.
var sections = map[string]struct {
	change func(*Config)
	says   string
}{
	"ok":             {func(*Config) {}, ""},
	"signed":         {signed, ""},
	"signed, files":  {func(c *Config) { signed(c); c.AccessSecretFile, c.AccessToken = "f", secret }, ""},
	"1.1":            {func(c *Config) { signed(c); c.API = "1.1" }, ""},
	"posts":          {func(c *Config) { c.Fields = "post" }, ""},
	"loopback":       {func(c *Config) { c.BaseURL = "http://127.0.0.1:1" }, ""},
	"no user":        {func(c *Config) { c.User = "" }, "user must"},
	"a name":         {func(c *Config) { c.User = "@" + secret }, "user must"},
	"api":            {func(c *Config) { c.API = "2.0" + secret }, "api must"},
	"fields":         {func(c *Config) { c.Fields = "tweets" }, "fields must"},
	"replies":        {func(c *Config) { c.Replies = "some" }, "replies must"},
	"days":           {func(c *Config) { c.Days = 31 }, "days must"},
	"both ways":      {func(c *Config) { c.ConsumerKey = "ck" }, "set one of them"},
	"neither way":    {func(c *Config) { c.ClientID = "" }, "set consumer_key"},
	"mixed first":    {func(c *Config) { c.AccessToken = secret }, "go with consumer_key"},
	"mixed second":   {func(c *Config) { signed(c); c.RefreshToken = secret }, "go with client_id"},
	"1.1 by token":   {func(c *Config) { c.API = "1.1" }, "needs consumer_key"},
	"1.1 in private": {func(c *Config) { signed(c); c.API, c.Private = "1.1", true }, "need api"},
	"plain":          {func(c *Config) { c.BaseURL = "http://api.example" }, "https"},
	"password":       {func(c *Config) { c.BaseURL = "https://u:" + secret + "@api.example" }, "base_url"},
	"token address":  {func(c *Config) { c.TokenURL = "http://api.example/" + secret }, "token_url"},
}

func TestConfigIsValidated(t *testing.T) {
	for what, c := range sections {
		cfg := Config{User: "7", ClientID: "client"}
		c.change(&cfg)
		err := cfg.Validate()
		if (err == nil) != (c.says == "") || err != nil && (!strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), secret)) {
			t.Errorf("%s: %v", what, err)
		}
		if out := fmt.Sprintf("%v %+v %#v %s %q", cfg, cfg, cfg, cfg, cfg); strings.Contains(out, secret) {
			t.Errorf("%s: prints its secrets: %s", what, out)
		}
	}
	d := Defaults()
	if d.API != "2" || d.Fields != "tweet" || d.Replies != "summoned" || d.Days != 7 || d.TokenURL != "https://api.x.com/2/oauth2/token" ||
		d.Inference || d.Private || d.DeepLink || d.Links {
		t.Errorf("the defaults are %s, %s, %s, %d", d.API, d.Fields, d.Replies, d.Days)
	}
	if c := (Config{BaseURL: "http://127.0.0.1:1/"}).Filled(); c.TokenURL != "http://127.0.0.1:1/2/oauth2/token" {
		t.Error("tokens are asked of somebody else")
	}
}

func TestSecretsMustBeThere(t *testing.T) {
	for says, cfg := range map[string]Config{
		"not connected":   {User: us, ClientID: "client"},
		"consumer_secret": {User: us, ConsumerKey: "ck", AccessToken: "at"},
		"user must":       {},
	} {
		if _, err := New(cfg, Options{}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", says, err)
		}
	}
	if _, err := New(Config{User: us, ClientID: "client"}, Options{Tokens: ingest.FixedToken("t")}); err != nil {
		t.Error(err)
	}
}

func TestCheck(t *testing.T) {
	ok := `{"data":{"id":"7","username":"practice"}}`
	for what, c := range map[string]struct {
		change func(*Config)
		access string
		me     string
		bad    string
	}{
		"fine":            {nil, "read-write", ok, ""},
		"fine, signed":    {oauth1Config, "", ok, ""},
		"another account": {nil, "", `{"data":{"id":"8"}}`, "another account"},
		"protected":       {nil, "", `{"data":{"id":"7","protected":true}}`, "protected"},
		"read only":       {nil, "read", ok, "Read and write"},
		"no messages":     {func(c *Config) { c.Private = true }, "read-write", ok, "Direct message"},
		"messages":        {func(c *Config) { c.Private = true }, "read-write-directmessages", ok, ""},
		"rubbish":         {nil, "", `[]`, "base_url"},
	} {
		var changes []func(*Config)
		if c.change != nil {
			changes = append(changes, c.change)
		}
		r := start(t, changes...)
		r.answer = func(w http.ResponseWriter, req *http.Request) bool {
			if req.URL.Path != "/2/users/me" {
				return false
			}
			w.Header().Set("x-access-level", c.access)
			_, _ = w.Write([]byte(c.me))
			return true
		}
		bad := ""
		for _, f := range r.Check(t.Context()) {
			if !f.OK {
				bad += f.What + " / " + f.Mend
			}
		}
		if (bad == "") != (c.bad == "") || !strings.Contains(bad, c.bad) {
			t.Errorf("%s: %s", what, bad)
		}
	}
}

func TestCheckReadsMentionsForNothing(t *testing.T) {
	r := start(t)
	r.mention("hello")
	r.pass(time.Second)
	found := r.Check(t.Context())
	if last := found[len(found)-1]; len(found) != 2 || !last.OK {
		t.Errorf("found %+v", found)
	}
	if since := r.query(1).Get("since_id"); number(since) < number(idAt(noon)) {
		t.Errorf("asked since %s", since)
	}
	r.when("GET /2/users/7/mentions", 403, `{"errors":[{"code":453,"message":"x"}]}`)
	found = r.Check(t.Context())
	if last := found[len(found)-1]; last.OK || !strings.Contains(last.Mend, "API access") {
		t.Errorf("found %+v", found)
	}
}

func TestPermit(t *testing.T) {
	r := start(t, func(c *Config) { c.Private = true })
	if p, err := r.Permit(t.Context()); err != nil || len(p.Lacks) != 1 || p.Lacks[0] != "Direct message" || !p.Expires.IsZero() {
		t.Errorf("%+v, %v", p, err)
	}
	r.says(503, "")
	if _, err := r.Permit(t.Context()); kindOf(err) != ingest.Temporary {
		t.Errorf("said %v", err)
	}
}

// tokens gives one token after the other, as they are refused.
type tokens struct {
	left    []string
	refused []string
	err     error
}

func (k *tokens) Token(context.Context) (string, error) {
	if len(k.left) == 0 {
		return "", k.err
	}
	return k.left[0], nil
}

func (k *tokens) Refused(_ context.Context, token string) (string, error) {
	k.refused = append(k.refused, token)
	if k.left = k.left[1:]; len(k.left) == 0 {
		return "", k.err
	}
	return k.left[0], nil
}

func (r *rig) with(k ingest.Tokens) { r.api.(*version2).tokens = k }

// A dead token is renewed once for a read. A write is not sent a second time.
func TestStaleTokens(t *testing.T) {
	gone := &ingest.ReadError{Kind: ingest.Dead, Why: "connect again"}
	for what, c := range map[string]struct {
		tokens  *tokens
		kind    ingest.ReadKind
		calls   int
		write   ingest.Result
		stopped bool
	}{
		"renewed":      {&tokens{left: []string{"old", "token-1"}}, "", 2, ingest.Later, false},
		"still dead":   {&tokens{left: []string{"old", "older", "oldest"}}, ingest.Dead, 2, ingest.Later, false},
		"none left":    {&tokens{left: []string{"old"}, err: gone}, ingest.Dead, 1, ingest.Refused, true},
		"none at all":  {&tokens{err: gone}, ingest.Dead, 0, ingest.Refused, true},
		"store broken": {&tokens{err: errors.New("canary-token")}, ingest.Temporary, 0, ingest.Later, false},
	} {
		r := start(t)
		fresh := *c.tokens
		r.with(&fresh)
		_, err := r.api.me(t.Context())
		if kindOf(err) != c.kind || len(r.took()) != c.calls || err != nil && strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: read with %v", what, err)
		}
		fresh = *c.tokens
		out := r.Act(t.Context(), ingest.Action{Kind: ingest.TakeDown, Item: "1"})
		if n := len(r.took()); out.Result != c.write || out.StopPosting != c.stopped || n > 1 || out.Why == "" {
			t.Errorf("%s: written as %+v in %d requests", what, out, n)
		}
	}
}

// A failure that no new token mends does not use one up.
func TestOtherRefusalsKeepTheToken(t *testing.T) {
	for _, c := range []struct {
		status int
		body   string
	}{{401, `{"errors":[{"code":135,"message":"Timestamp out of bounds."}]}`}, {403, `{"title":"Forbidden","detail":"x","type":"about:blank"}`}} {
		r := start(t)
		k := &tokens{left: []string{"token-1"}}
		r.with(k)
		r.says(c.status, c.body)
		_, err := r.api.me(t.Context())
		if kindOf(err) != ingest.Forbidden || len(k.refused) != 0 {
			t.Errorf("%s: %v, refused %v", c.body, err, k.refused)
		}
	}
}

func TestMeterFollowsTheHeaders(t *testing.T) {
	r := start(t)
	reset := noon.Add(10 * time.Minute)
	headers := func(set string, limit, remaining int, at time.Time) []string {
		return []string{set + "limit", fmt.Sprint(limit), set + "remaining", fmt.Sprint(remaining), set + "reset", fmt.Sprint(at.Unix())}
	}
	r.says(200, `{"data":[{"id":"5"}]}`, append(headers("x-rate-limit-", 75, 60, reset), headers("x-user-limit-24hour-", 100, 10, noon.Add(time.Hour))...)...)
	_, _ = r.api.lookup(t.Context(), []string{"5"})
	r.says(200, `{"meta":{}}`, headers("x-rate-limit-", 300, 299, reset)...)
	_, _ = r.api.list(t.Context(), list{})
	if m := r.Meter(); m.Calls != 2 || m.Used != 90 || !m.Reset.Equal(noon.Add(time.Hour)) {
		t.Errorf("the meter shows %+v", m)
	}
	r.pass(2 * time.Hour)
	if m := r.Meter(); m.Used != 0 || !m.Reset.IsZero() {
		t.Errorf("what is over still counts: %+v", m)
	}
	r.says(200, `{"meta":{}}`, "x-rate-limit-limit", "0", "x-rate-limit-remaining", "-5", "x-rate-limit-reset", "soon")
	_, _ = r.api.list(t.Context(), list{})
	if m := r.Meter(); m.Used != 0 {
		t.Errorf("nonsense counts: %+v", m)
	}
}

func TestWaitAfterALimit(t *testing.T) {
	at := func(d time.Duration) string { return fmt.Sprint(noon.Add(d).Unix()) }
	for what, c := range map[string]struct {
		want    time.Duration
		headers []string
	}{
		"quarter of an hour": {9 * time.Minute, []string{"x-rate-limit-limit", "300", "x-rate-limit-remaining", "0", "x-rate-limit-reset", at(9 * time.Minute)}},
		"the day's, with calls left": {5 * time.Hour, []string{"x-rate-limit-limit", "300", "x-rate-limit-remaining", "7", "x-rate-limit-reset", at(time.Minute),
			"x-user-limit-24hour-limit", "100", "x-user-limit-24hour-remaining", "0", "x-user-limit-24hour-reset", at(5 * time.Hour)}},
		"the app's": {6 * time.Hour, []string{"x-rate-limit-limit", "300", "x-rate-limit-remaining", "7", "x-rate-limit-reset", at(time.Minute),
			"x-app-limit-24hour-reset", at(6 * time.Hour)}},
		"the app's, and soon": {6 * time.Minute, []string{"x-rate-limit-limit", "300", "x-rate-limit-remaining", "7", "x-rate-limit-reset", at(14 * time.Minute),
			"x-app-limit-24hour-reset", at(6 * time.Minute)}},
		"only a reset":    {time.Minute, []string{"x-rate-limit-reset", at(time.Minute)}},
		"long past":       {leastWait, []string{"x-rate-limit-limit", "1", "x-rate-limit-remaining", "0", "x-rate-limit-reset", at(-time.Hour)}},
		"far too long":    {longestWait, []string{"x-rate-limit-limit", "1", "x-rate-limit-remaining", "0", "x-rate-limit-reset", at(900 * time.Hour)}},
		"nothing told":    {throttleWait, nil},
		"nonsense":        {throttleWait, []string{"x-rate-limit-limit", "x", "x-rate-limit-remaining", "0", "x-rate-limit-reset", "-1"}},
		"asked elsewhere": {time.Minute, []string{"Retry-After", "60"}},
	} {
		h := http.Header{}
		for i := 0; i+1 < len(c.headers); i += 2 {
			h.Set(c.headers[i], c.headers[i+1])
		}
		if got := waitFor(ingest.Exchange{Status: 429, Header: h}, noon); got != c.want {
			t.Errorf("%s: %v, want %v", what, got, c.want)
		}
	}
}
