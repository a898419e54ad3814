package google

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"triage/internal/ingest"
)

func TestCheck(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Config)
		answer func(*cloud, http.ResponseWriter, *http.Request) bool
		want   int // findings
		bad    string
	}{
		"fine":             {want: 3},
		"another account":  {change: func(c *Config) { c.Account = "accounts/5" }, want: 1, bad: "does not see"},
		"another location": {change: func(c *Config) { c.Location = "locations/5" }, want: 2, bad: "not one of this account's"},
		"not verified": {want: 3, bad: "verify", answer: func(_ *cloud, w http.ResponseWriter, r *http.Request) bool {
			if strings.HasSuffix(r.URL.Path, "/reviews") {
				problem(w, 403, "FAILED_PRECONDITION", "")
			}
			return strings.HasSuffix(r.URL.Path, "/reviews")
		}},
		"switched off": {want: 1, bad: "switch on", answer: func(_ *cloud, w http.ResponseWriter, r *http.Request) bool {
			problem(w, 403, "PERMISSION_DENIED", disabled)
			return true
		}},
		"dead": {want: 1, bad: "triage connect google", answer: func(_ *cloud, w http.ResponseWriter, r *http.Request) bool {
			problem(w, 401, "UNAUTHENTICATED", "")
			return true
		}},
		"second page": {want: 3, answer: func(g *cloud, w http.ResponseWriter, r *http.Request) bool {
			first := r.URL.Path == "/v1/accounts" && r.URL.Query().Get("pageToken") == ""
			if first {
				_, _ = w.Write([]byte(`{"accounts":[{"name":"accounts/7"}],"nextPageToken":"2"}`))
			}
			return first
		}},
		"no end": {want: 1, bad: "makes no sense|not one that Google gives", answer: func(_ *cloud, w http.ResponseWriter, r *http.Request) bool {
			_, _ = w.Write([]byte(`{"accounts":[],"nextPageToken":"2"}`))
			return true
		}},
	} {
		t.Run(name, func(t *testing.T) {
			if c.change == nil {
				c.change = func(*Config) {}
			}
			g := open(t, c.change)
			g.answer = func(w http.ResponseWriter, r *http.Request) {
				if c.answer == nil || !c.answer(g, w, r) {
					g.serve(w, r, nil)
				}
			}
			findings := g.Check(t.Context())
			last := findings[len(findings)-1]
			fits := false
			for _, part := range strings.Split(c.bad, "|") {
				fits = fits || strings.Contains(last.What+last.Mend, part)
			}
			if len(findings) != c.want || last.OK != (c.bad == "") || !fits || !last.OK && last.Mend == "" {
				t.Errorf("found %+v", findings)
			}
		})
	}
	g := open(t)
	if f := g.Check(t.Context()); !strings.Contains(f[0].What, "personal") {
		t.Errorf("the kind of account is not told: %+v", f)
	}
}

// ending gives tokens whose renewal ends.
type ending struct{ *tokens }

func (ending) Permit(context.Context) (ingest.Permit, error) {
	return ingest.Permit{Expires: start.Add(time.Hour)}, nil
}

func TestPermit(t *testing.T) {
	g := open(t)
	if p, err := g.Permit(t.Context()); err != nil || !p.Expires.IsZero() || len(p.Lacks) != 0 {
		t.Errorf("%+v, %v", p, err)
	}
	g.Client.tokens = ending{g.tokens}
	if p, err := g.Permit(t.Context()); err != nil || !p.Expires.Equal(start.Add(time.Hour)) {
		t.Errorf("%+v, %v", p, err)
	}
	g.answer = func(w http.ResponseWriter, _ *http.Request) { problem(w, 403, "PERMISSION_DENIED", scope) }
	if p, err := g.Permit(t.Context()); err != nil || fmt.Sprint(p.Lacks) != "[business.manage]" {
		t.Errorf("%+v, %v", p, err)
	}
	g.says(503, "")
	if _, err := g.Permit(t.Context()); err == nil {
		t.Error("nothing is known, and no error")
	}
}

func TestConfigIsValidated(t *testing.T) {
	const secret = "canary-secret"
	for name, c := range map[string]struct {
		change func(*Config)
		says   string
	}{
		"ok":             {func(*Config) {}, ""},
		"loopback":       {func(c *Config) { c.BaseURL = "http://127.0.0.1:8490/" }, ""},
		"plain":          {func(c *Config) { c.BaseURL = "http://google.example" }, "base_url must use https"},
		"plain token":    {func(c *Config) { c.TokenURL = "http://google.example/token" }, "token_url must use https"},
		"plain accounts": {func(c *Config) { c.AccountsURL = "http://google.example" }, "accounts_url must use https"},
		"password":       {func(c *Config) { c.LocationsURL = "https://u:" + secret + "@google.example" }, "locations_url"},
		"query":          {func(c *Config) { c.BaseURL = "https://google.example?key=" + secret }, "base_url"},
		"broken":         {func(c *Config) { c.BaseURL = "https://%zz" + secret }, "base_url"},
		"no account":     {func(c *Config) { c.Account = "" }, "account must"},
		"bare account":   {func(c *Config) { c.Account = "1" + secret }, "account must"},
		"path":           {func(c *Config) { c.Account = "accounts/../" + secret }, "account must"},
		"no location":    {func(c *Config) { c.Location = "accounts/1/locations/2" }, "location must"},
		"no client":      {func(c *Config) { c.ClientID = "" }, "client_id"},
		"no unit":        {func(c *Config) { c.FullEvery = "24" }, "full_every"},
		"too often":      {func(c *Config) { c.FullEvery = "1m" }, "full_every"},
		"too seldom":     {func(c *Config) { c.FullEvery = "1000h" }, "full_every"},
	} {
		cfg := Config{Account: "accounts/1", Location: "locations/2", ClientID: "c", ClientSecret: secret, RefreshToken: secret}
		c.change(&cfg)
		err := cfg.Validate()
		if (err == nil) != (c.says == "") || err != nil && (!strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), secret)) {
			t.Errorf("%s: %v", name, err)
		}
		if out := fmt.Sprintf("%v %+v %#v %s %q", cfg, cfg, cfg, cfg, cfg); strings.Contains(out, secret) {
			t.Errorf("%s: prints its secrets: %s", name, out)
		}
	}
	if _, err := New(Config{Account: "accounts/1", Location: "locations/2", ClientID: "c"}, Options{}); err == nil {
		t.Error("a client without tokens")
	}
}

// Where base_url names somebody else, nothing goes to Google by default.
func TestAddressesFollowTheBase(t *testing.T) {
	if d := Defaults(); d.BaseURL != "https://mybusiness.googleapis.com" || d.TokenURL != "https://oauth2.googleapis.com/token" ||
		d.AccountsURL != "https://mybusinessaccountmanagement.googleapis.com" || d.LocationsURL != "https://mybusinessbusinessinformation.googleapis.com" || d.FullEvery != "24h" {
		t.Error("other defaults")
	}
	c := Config{BaseURL: "http://127.0.0.1:1/", LocationsURL: "http://127.0.0.1:2/"}.Filled()
	if c.TokenURL != "http://127.0.0.1:1/token" || c.AccountsURL != "http://127.0.0.1:1" || c.LocationsURL != "http://127.0.0.1:2" {
		t.Error("the addresses do not follow")
	}
}

// kept is the keeper, sink and memory of a Poller.
type kept struct {
	items   map[string]string // the platform's id by ours
	mark    ingest.Mark
	deleted []string
}

func (k *kept) Keep(_ context.Context, batch []ingest.Comment) error {
	for _, c := range batch {
		k.items[c.ID] = c.Content.Item
	}
	return nil
}
func (k *kept) Publish(context.Context, []ingest.Comment) error { return nil }
func (k *kept) Load(context.Context, string, string) (ingest.Mark, error) {
	return k.mark, nil
}
func (k *kept) Save(_ context.Context, _, _ string, m ingest.Mark, _ uint64) error {
	k.mark = m
	return nil
}
func (k *kept) Known(context.Context, string) ([]string, error) {
	var ids []string
	for id := range k.items {
		ids = append(ids, id)
	}
	return ids, nil
}
func (k *kept) Item(_ context.Context, id string) (string, error) { return k.items[id], nil }
func (k *kept) Deleted(_ context.Context, ids []string) error {
	for _, id := range ids {
		k.deleted = append(k.deleted, k.items[id])
		delete(k.items, id)
	}
	return nil
}

// Only a full sweep finds out what was deleted; a lost permission erases nothing.
func TestDeletedByItsAuthor(t *testing.T) {
	g := open(t)
	for i := range 60 { // two pages
		g.add(fmt.Sprint("r", i), "words", time.Duration(i)*30*24*time.Hour)
	}
	k := &kept{items: map[string]string{}}
	p := &ingest.Poller{Platform: Platform, Account: "main", Source: g.Client, Names: ingest.NewNamer([]byte("key")), Keep: k, Sink: k, Marks: k,
		Deletions: &ingest.Deletions{Account: g.Client, Kept: k}, Log: zap.NewNop(), Now: g.now}
	sweep := func() {
		t.Helper()
		if _, err := p.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	sweep()
	g.change("r3", nil)
	sweep()
	if len(k.deleted) != 0 {
		t.Fatal("a part of the reviews speaks for all")
	}
	g.pass(24 * time.Hour)
	sweep()
	if fmt.Sprint(k.deleted) != "[accounts/1/locations/2/reviews/r3]" {
		t.Fatalf("erased %v", k.deleted)
	}
	g.pass(24 * time.Hour)
	for name, body := range map[string]string{"shows nothing": `{}`, "shows one": `{"reviews":[{"reviewId":"r0","comment":"words"}]}`} {
		g.answer = func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/reviews") {
				_, _ = w.Write([]byte(body))
				return
			}
			problem(w, 404, "NOT_FOUND", "")
		}
		g.pass(24 * time.Hour)
		if sweep(); len(k.deleted) != 1 {
			t.Fatalf("Google %s, and that erased %d", name, len(k.deleted)-1)
		}
	}
}
