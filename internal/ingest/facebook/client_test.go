package facebook

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"triage/internal/ingest"
	"triage/internal/sandbox"
)

// rig is a client in front of a sandbox over real HTTP. Where answer is set it
// stands in for the sandbox.
type rig struct {
	*testing.T
	*Client
	box    *sandbox.Server
	url    string
	logs   *observer.ObservedLogs
	answer func(http.ResponseWriter, *http.Request)
	later  time.Duration // how far the clock is ahead

	mu   sync.Mutex
	seen []string // "METHOD /path" of every request
	body []string
}

func start(t *testing.T, change ...func(*Config)) *rig {
	t.Helper()
	box, err := sandbox.New(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{T: t, box: box}
	web := httptest.NewServer(r)
	t.Cleanup(func() { web.Close(); _ = box.Close() })
	core, logs := observer.New(zapcore.DebugLevel)
	r.url, r.logs = web.URL, logs
	cfg := Config{Page: sandbox.PageID, BaseURL: web.URL, Token: sandbox.PageToken}
	for _, f := range change {
		f(&cfg)
	}
	r.Client, err = New(cfg, Options{HTTP: web.Client(), Log: zap.New(core), Account: "main", Now: func() time.Time { return time.Now().Add(r.later) }})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *rig) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if !strings.HasPrefix(req.URL.Path, "/_sandbox") {
		raw, _ := io.ReadAll(req.Body)
		req.Body = io.NopCloser(bytes.NewReader(raw))
		r.mu.Lock()
		r.seen, r.body = append(r.seen, req.Method+" "+req.URL.RequestURI()), append(r.body, string(raw))
		r.mu.Unlock()
		if r.answer != nil {
			r.answer(w, req)
			return
		}
	}
	r.box.ServeHTTP(w, req)
}

// requests gives those seen since the last call.
func (r *rig) requests() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := r.seen
	r.seen, r.body = nil, nil
	return out
}

// says lets every request be answered with this.
func (r *rig) says(status int, body string, header ...string) {
	r.answer = func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func (r *rig) add(c sandbox.Comment) string {
	r.Helper()
	c.Platform = "facebook"
	id, err := r.box.Add(c)
	if err != nil {
		r.Fatal(err)
	}
	return id
}

// control uses the sandbox's own paths.
func (r *rig) control(method, path string, body any) {
	r.Helper()
	raw, _ := json.Marshal(body)
	req, _ := http.NewRequest(method, r.url+"/_sandbox"+path, bytes.NewReader(raw))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		out, _ := io.ReadAll(resp.Body)
		r.Fatalf("control said %d %s", resp.StatusCode, out)
	}
}

type fault map[string]any

func (r *rig) fault(f fault) { r.Helper(); r.control("POST", "/faults", f) }

// sweep collects what a sweep hands on, by item.
func (r *rig) sweep() (map[string]ingest.Comment, error) {
	found := map[string]ingest.Comment{}
	_, err := r.Sweep(r.Context(), ingest.Mark{}, func(_ context.Context, batch []ingest.Comment) error {
		for _, c := range batch {
			found[c.Content.Item] = c
		}
		return nil
	})
	return found, err
}

// peek collects what a peek hands on, by item; known are the items that were
// found before.
func (r *rig) peek(known map[string]ingest.Comment) (map[string]ingest.Comment, error) {
	found := map[string]ingest.Comment{}
	err := r.Peek(r.Context(), ingest.Mark{Time: r.now()}, func(item string) bool { _, ok := known[item]; return ok },
		func(_ context.Context, batch []ingest.Comment) error {
			for _, c := range batch {
				found[c.Content.Item] = c
			}
			return nil
		})
	return found, err
}

func (r *rig) mustSweep() map[string]ingest.Comment {
	r.Helper()
	found, err := r.sweep()
	if err != nil {
		r.Fatal(err)
	}
	return found
}

func (r *rig) state(id string) sandbox.CommentState {
	r.Helper()
	for _, c := range r.box.State().Comments {
		if c.ID == id {
			return c
		}
	}
	r.Fatalf("the sandbox has no comment %s", id)
	return sandbox.CommentState{}
}

func readErr(t *testing.T, err error) *ingest.ReadError {
	t.Helper()
	var e *ingest.ReadError
	if !errors.As(err, &e) {
		t.Fatalf("no ReadError: %v", err)
	}
	return e
}

func TestConfigIsValidated(t *testing.T) {
	const secret = "canary-token"
	for name, c := range map[string]struct {
		change func(*Config)
		says   string
	}{
		"ok":            {func(*Config) {}, ""},
		"loopback":      {func(c *Config) { c.BaseURL = "http://127.0.0.1:8490" }, ""},
		"localhost":     {func(c *Config) { c.BaseURL = "http://localhost:8490/" }, ""},
		"ipv6":          {func(c *Config) { c.BaseURL = "http://[::1]:1" }, ""},
		"plain":         {func(c *Config) { c.BaseURL = "http://graph.example" }, "https"},
		"fake loopback": {func(c *Config) { c.BaseURL = "http://127.0.0.1.evil.example" }, "https"},
		"password":      {func(c *Config) { c.BaseURL = "https://u:" + secret + "@graph.example" }, "base_url"},
		"query":         {func(c *Config) { c.BaseURL = "https://graph.example?access_token=" + secret }, "base_url"},
		"no host":       {func(c *Config) { c.BaseURL = "https:///x" + secret }, "base_url"},
		"broken":        {func(c *Config) { c.BaseURL = "https://%zz" + secret }, "base_url"},
		"file":          {func(c *Config) { c.BaseURL = "file://x/" + secret }, "https"},
		"no page":       {func(c *Config) { c.Page = "" }, "page must"},
		"page name":     {func(c *Config) { c.Page = "cedar" + secret }, "page must"},
		"version":       {func(c *Config) { c.Version = "26" + secret }, "version must"},
		"posts":         {func(c *Config) { c.Posts = -1 }, "posts must"},
		"many posts":    {func(c *Config) { c.Posts = 501 }, "posts must"},
		"app":           {func(c *Config) { c.AppID = "12" }, ""},
		"app name":      {func(c *Config) { c.AppID = secret }, "app_id must"},
	} {
		cfg := Config{Page: "123", Token: secret, AppSecret: secret}
		c.change(&cfg)
		err := cfg.Validate()
		if (err == nil) != (c.says == "") || err != nil && (!strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), secret)) {
			t.Errorf("%s: %v", name, err)
		}
		if out := fmt.Sprintf("%v %+v %#v %s %q", cfg, cfg, cfg, cfg, cfg); strings.Contains(out, secret) {
			t.Errorf("%s: prints its secrets: %s", name, out)
		}
	}
	if _, err := New(Config{Page: "123"}, Options{}); err == nil {
		t.Error("a client without a token")
	}
}

func TestCheck(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Config)
		bad    string
	}{
		"fine":         {func(*Config) {}, ""},
		"fine, proof":  {func(c *Config) { c.AppSecret = sandbox.AppSecret }, ""},
		"wrong proof":  {func(c *Config) { c.AppSecret = "wrong" }, "app_secret"},
		"a person's":   {func(c *Config) { c.Token = sandbox.UserToken }, "person"},
		"expired":      {func(c *Config) { c.Token = sandbox.ExpiredToken }, "190/463"},
		"made up":      {func(c *Config) { c.Token = "made up" }, "not valid"},
		"another Page": {func(c *Config) { c.Page = "999" }, "another Page"},
	} {
		t.Run(name, func(t *testing.T) {
			r := start(t, c.change)
			findings := r.Check(t.Context())
			last := findings[len(findings)-1]
			if last.OK != (c.bad == "") || !strings.Contains(last.What+last.Mend, c.bad) || !last.OK && last.Mend == "" {
				t.Errorf("found %+v", findings)
			}
		})
	}
	t.Run("a list refused", func(t *testing.T) {
		r := start(t)
		r.fault(fault{"match": "/ads_posts", "do": "status", "status": 403, "body": `{"error":{"code":200,"message":"x"}}`})
		findings := r.Check(t.Context())
		if last := findings[len(findings)-1]; len(findings) != 4 || !last.OK || !strings.Contains(last.What, "advertisements") || last.Mend == "" {
			t.Errorf("found %+v", findings)
		}
	})
	t.Run("feed refused", func(t *testing.T) {
		r := start(t)
		r.fault(fault{"match": "/feed", "do": "status", "status": 403, "body": `{"error":{"code":10,"message":"x"}}`})
		findings := r.Check(t.Context())
		if last := findings[len(findings)-1]; len(findings) != 3 || last.OK || !strings.Contains(last.Mend, "pages_read_user_content") {
			t.Errorf("found %+v", findings)
		}
	})
}
