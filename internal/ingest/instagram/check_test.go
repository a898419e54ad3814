package instagram

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"triage/internal/ingest"
)

func TestConfigIsValidated(t *testing.T) {
	const secret = "canary-token"
	for name, c := range map[string]struct {
		change func(*Config)
		says   string
	}{
		"ok":             {func(*Config) {}, ""},
		"own login":      {func(c *Config) { c.Login, c.Page = InstagramLogin, "" }, ""},
		"no such login":  {func(c *Config) { c.Login = secret }, "login must"},
		"no account":     {func(c *Config) { c.Account = "" }, "account must"},
		"account name":   {func(c *Config) { c.Account = "@cedar" + secret }, "account must"},
		"no page":        {func(c *Config) { c.Page = "" }, "page must"},
		"media":          {func(c *Config) { c.Media = -1 }, "media must"},
		"many media":     {func(c *Config) { c.Media = 301 }, "media must"},
		"version":        {func(c *Config) { c.Version = "26" + secret }, "version must"},
		"app":            {func(c *Config) { c.AppID = secret }, "app_id must"},
		"plain":          {func(c *Config) { c.BaseURL = "http://graph.example/" + secret }, "https"},
		"loopback":       {func(c *Config) { c.BaseURL = "http://127.0.0.1:8490" }, ""},
		"https anywhere": {func(c *Config) { c.BaseURL = "https://graph.example" }, ""},
	} {
		cfg := Config{Account: "123", Page: "456", Token: secret, AppSecret: secret}
		c.change(&cfg)
		err := cfg.Validate()
		if (err == nil) != (c.says == "") || err != nil && (!strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), secret)) {
			t.Errorf("%s: %v", name, err)
		}
		if out := fmt.Sprintf("%v %+v %#v %s %q", cfg, cfg, cfg, cfg, cfg); strings.Contains(out, secret) {
			t.Errorf("%s: prints its secrets: %s", name, out)
		}
	}
	if _, err := New(Config{Account: "123", Page: "456"}, Options{}); err == nil {
		t.Error("a client without a token")
	}
	if _, err := New(Config{Account: "123", Page: "456"}, Options{Tokens: ingest.FixedToken("x")}); err != nil {
		t.Error(err)
	}
}

func TestDefaults(t *testing.T) {
	if d := Defaults(); d.Login != FacebookLogin || d.BaseURL != "https://graph.facebook.com" || d.Version != "v26.0" || d.Media != 30 {
		t.Errorf("%#v", [...]any{d.Login, d.BaseURL, d.Version, d.Media})
	}
	if c := (Config{Login: InstagramLogin}).filled(); c.BaseURL != "https://graph.instagram.com" {
		t.Errorf("its own login asks %s", c.BaseURL)
	}
}

// checks are what me and the list of media say, and what is found.
var checks = map[string]struct {
	login, path string
	status      int
	answer      string
	says        string
}{
	"fine":                 {login: FacebookLogin},
	"fine, own login":      {login: InstagramLogin},
	"a person's token":     {FacebookLogin, "/me", 400, `{"error":{"code":100,"message":"(#100) Tried accessing nonexisting field (category)"}}`, "person"},
	"no Page's token":      {FacebookLogin, "/me", 200, `{"id":"` + pageID + `"}`, "not a Page's"},
	"another Page":         {FacebookLogin, "/me", 200, `{"id":"5","category":"x"}`, "another Page"},
	"no account":           {FacebookLogin, "/me", 200, `{"id":"` + pageID + `","category":"x"}`, "personal account cannot be used"},
	"another account":      {FacebookLogin, "/me", 200, `{"id":"` + pageID + `","category":"x","instagram_business_account":{"id":7}}`, "another Instagram account"},
	"expired":              {FacebookLogin, "/me", 400, `{"error":{"code":190,"error_subcode":463}}`, "190/463"},
	"no permission":        {FacebookLogin, "/media", 403, `{"error":{"code":10}}`, "instagram_manage_comments"},
	"personal":             {InstagramLogin, "/me", 200, `{"user_id":"` + ownID + `","account_type":"PERSONAL"}`, "personal one cannot be used"},
	"of no known type":     {InstagramLogin, "/me", 200, `{"user_id":"` + ownID + `"}`, "personal one cannot be used"},
	"creator":              {InstagramLogin, "/me", 200, `{"user_id":` + ownID + `,"account_type":"MEDIA_CREATOR"}`, ""},
	"in a list":            {InstagramLogin, "/me", 200, `{"data":[{"user_id":` + ownID + `,"account_type":"Business"}]}`, ""},
	"only one id":          {InstagramLogin, "/me", 200, `{"id":"` + ownID + `","account_type":"BUSINESS"}`, ""},
	"somebody else's":      {InstagramLogin, "/me", 200, `{"user_id":"5","account_type":"BUSINESS"}`, "another Instagram account"},
	"own, expired":         {InstagramLogin, "/me", 400, `{"error":{"code":190,"type":"OAuthException"}}`, "connect the account again"},
	"own, no permission":   {InstagramLogin, "/media", 403, `{"error":{"code":10}}`, "instagram_business_manage_comments"},
	"no list":              {InstagramLogin, "/media", 200, `{"data":7}`, "makes no sense"},
	"throttled":            {InstagramLogin, "/media", 400, `{"error":{"code":80002}}`, "later"},
	"trouble":              {InstagramLogin, "/media", 500, `<html>`, "try again"},
	"something in between": {InstagramLogin, "/me", 200, `<html>`, "base_url"},
}

func TestCheck(t *testing.T) {
	for name, c := range checks {
		r := start(t, func(cfg *Config) { cfg.Login = c.login })
		if c.path != "" {
			r.fails(c.path, c.status, c.answer)
		}
		found := r.Check(t.Context())
		last := found[len(found)-1]
		if last.OK != (c.says == "") || !strings.Contains(last.What+last.Mend, c.says) || !last.OK && last.Mend == "" {
			t.Errorf("%s: found %+v", name, found)
		}
		if strings.Contains(fmt.Sprint(found), "Facebook") {
			t.Errorf("%s: speaks of Facebook: %+v", name, found)
		}
	}
}

// Both kinds of tokens, and what the platform does not tell.
func TestPermit(t *testing.T) {
	ends := time.Unix(1790000000, 0).UTC()
	for login, c := range map[string]struct{ answer, lacks string }{
		FacebookLogin: {`"granular_scopes":[{"scope":"instagram_basic","target_ids":["` + ownID + `"]},{"scope":"pages_messaging","target_ids":["` + pageID + `"]},{"scope":"instagram_manage_comments","target_ids":["5"]}]`,
			"instagram_manage_comments,instagram_manage_messages,pages_read_engagement"},
		InstagramLogin: {`"scopes":["instagram_business_basic"]`, "instagram_business_manage_comments,instagram_business_manage_messages"},
	} {
		r := start(t, func(c *Config) { c.Login = login })
		r.says(200, `{"data":{"is_valid":true,"expires_at":1790000000,`+c.answer+`}}`)
		got, err := r.Permit(t.Context())
		if err != nil || !got.Expires.Equal(ends) || strings.Join(got.Lacks, ",") != c.lacks {
			t.Errorf("%s: %+v, %v", login, got, err)
		}
		r.says(400, `{"error":{"code":100,"type":"IGApiException"}}`)
		if got, err := r.Permit(t.Context()); err == nil || !got.Expires.IsZero() {
			t.Errorf("%s: %+v, %v", login, got, err)
		}
	}
}

const secret, words, comment = "canarysecret", "canarytext", "canary_item"

// canaries are answers full of what must not come out.
func canaries() map[string]func(http.ResponseWriter, *http.Request) {
	answers := map[string]func(http.ResponseWriter, *http.Request){
		"cut":  func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"html": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<p>canarytext canarytoken") },
		"half": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "999")
			_, _ = io.WriteString(w, `{"id":"canary_item","text":"canarytext`)
		},
		"away": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://canaryhost/?access_token=canarytoken", http.StatusFound)
		},
		"fine": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"id":"canary_item","username":"canary.person","account_type":"canary","category":"canary","instagram_business_account":{"id":"canary"},
				"data":[{"id":"canary_item","caption":"canarytext","comments":{"data":[{"text":"canarytext","from":{"username":"canary.person"}},
				{"id":"canary_item","text":"canarytext","username":"canary.person","replies":{"data":[{"text":"canarytext"}]}}]}}]}`)
		},
	}
	for _, code := range []string{"1", "4", "10", "24", "100", "190", "368", "10900", `"x"`, "null"} {
		answers["code "+code] = func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = fmt.Fprintf(w, `{"error":{"message":"canarytext https://canaryhost/?access_token=canarytoken","error_user_title":"canarytext","error_user_msg":"canary.person","code":%s,"fbtrace_id":"canary"}}`, code)
		}
	}
	return answers
}

// Whatever happens, no word that leaves the client holds an address, a token,
// a person or what was said.
func TestNothingLeaks(t *testing.T) {
	for name, answer := range canaries() {
		for _, login := range []string{FacebookLogin, InstagramLogin} {
			r := start(t, func(c *Config) { c.AppSecret, c.AppID, c.Login = secret, "12", login })
			r.answer = func(w http.ResponseWriter, req *http.Request) bool { answer(w, req); return true }
			var said []any
			_, err := r.sweep()
			said = append(said, err)
			_, err = r.peek(nil)
			said = append(said, err)
			_, err = r.Permit(t.Context())
			said = append(said, err)
			_, err = r.Observe(t.Context(), comment)
			said = append(said, err, r.Check(t.Context()))
			for _, kind := range r.Capabilities().Actions {
				out := r.Act(t.Context(), ingest.Action{Kind: kind, Item: comment, Text: words})
				said = append(said, out.Why, out.Code)
			}
			for _, entry := range r.logs.All() {
				said = append(said, entry.Message, entry.ContextMap())
			}
			for _, word := range []string{"anary", "http:", "https:", "127.0.0.1", "access_token", pageID, ownID} {
				if out := fmt.Sprintf("%+v", said); strings.Contains(out, word) {
					t.Errorf("%s: %q leaks: %s", name, word, out)
				}
			}
		}
	}
}

// Bodies that are no answer of Instagram's: nothing is read from them, and what
// was written stays unclear.
func TestHostileBodies(t *testing.T) {
	for _, body := range []string{`true`, `null`, ``, `<html>502</html>`, `{"id":"1","te`, `{"id":"1"} garbage`, `[]`, `"ok"`, `{}`} {
		r := start(t)
		r.says(200, body)
		if _, err := r.Observe(t.Context(), "1"); readErr(t, err).Kind != ingest.Bad {
			t.Errorf("%s: observed with %v", body, err)
		}
		if _, err := r.sweep(); readErr(t, err).Kind != ingest.Bad {
			t.Errorf("%s: swept with %v", body, err)
		}
		for _, kind := range r.Capabilities().Actions {
			if out := r.Act(t.Context(), ingest.Action{Kind: kind, Item: "1", Text: "x"}); out.Result != ingest.Unclear || out.Why == "" {
				t.Errorf("%s: %s gave %+v", body, kind, out)
			}
		}
	}
}
