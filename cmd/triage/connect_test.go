package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.uber.org/zap"

	"triage/internal/control"
	"triage/internal/ingest"
	"triage/internal/people"
)

// attempt is one run of triage connect, and the person beside it.
type attempt struct {
	t       *testing.T
	config  string
	stdin   io.Reader
	said    bytes.Buffer
	consent chan string // the address that was printed
	ended   chan error
}

// sections are the accounts that connect_idp_test.go knows of.
const sections = `
[[google]]
account = "accounts/1"
location = "locations/2"
base_url = %[1]q
client_id = "client"
client_secret = "zzsecretzz"
[[x]]
user = "7"
base_url = %[1]q
client_id = "client"
client_secret = "zzsecretzz"
[[facebook]]
page = "22"
base_url = %[1]q
app_id = "77"
app_secret = "zzsecretzz"
[[instagram]]
login = "instagram"
account = "17841"
base_url = %[1]q
app_id = "77"
app_secret = "zzsecretzz"
`

func newAttempt(t *testing.T, p *idp) *attempt {
	t.Helper()
	dir := t.TempDir()
	a := &attempt{t: t, config: filepath.Join(dir, "config.toml"), stdin: strings.NewReader(""), consent: make(chan string, 1), ended: make(chan error, 1)}
	text := fmt.Sprintf("[practice]\nname = \"Cedar Family Practice\"\nphone = \"(503) 555-0142\"\n[data]\ndir = %q\n", filepath.Join(dir, "data")) +
		fmt.Sprintf(sections, p.URL)
	if err := os.WriteFile(a.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return a
}

// begin runs the command and returns the address that it prints for a person.
func (a *attempt) begin(args ...string) string {
	a.t.Helper()
	out, in := io.Pipe()
	go func() {
		args = append([]string{"connect"}, append(args, "--config", a.config, "--port", "0")...)
		err := run(a.t.Context(), args, a.stdin, in, in)
		_ = in.Close()
		a.ended <- err
	}()
	var reading sync.WaitGroup
	reading.Go(func() {
		defer close(a.consent)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			a.said.WriteString(lines.Text() + "\n")
			if line := strings.TrimSpace(lines.Text()); strings.Contains(line, "code_challenge=") {
				a.consent <- line
			}
		}
	})
	a.t.Cleanup(reading.Wait)
	return <-a.consent
}

// end waits until the command ended.
func (a *attempt) end() (string, error) {
	a.t.Helper()
	err := <-a.ended
	for range a.consent { // until all that was said is read
	}
	said := a.said.String()
	for _, secret := range []string{"zzsecretzz", "zztokenzz", "zzcodezz"} {
		if strings.Contains(said, secret) {
			a.t.Errorf("the output holds %s:\n%s", secret, said)
		}
	}
	return said, err
}

// open opens the practice's store as the service would.
func (a *attempt) open() (*service, *opened) {
	a.t.Helper()
	cfg, err := loadForOrder(a.config)
	if err != nil {
		a.t.Fatal(err)
	}
	s := &service{cfg: cfg, log: zap.NewNop()}
	o, err := s.open(a.t.Context())
	if err != nil {
		a.t.Fatal(err)
	}
	return s, o
}

// kept is what is kept of an account.
func (a *attempt) kept(platform string) ingest.Grant {
	a.t.Helper()
	_, o := a.open()
	defer func() { _ = o.Close() }()
	g, err := o.Grants.Load(a.t.Context(), platform, platform)
	if err != nil {
		a.t.Fatal(err)
	}
	return g
}

// browse opens an address as a browser does.
func browse(t *testing.T, address string) (status int, body string) {
	t.Helper()
	resp, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(raw)
}

func TestConnect(t *testing.T) {
	for platform, want := range map[string]ingest.Grant{
		"google":    {Access: "zztokenzz access", Refresh: "zztokenzz refresh", Client: "client"},
		"x":         {Access: "zztokenzz access", Refresh: "zztokenzz refresh", Client: "client"},
		"facebook":  {Access: "zztokenzz page", Client: "77"},
		"instagram": {Access: "zztokenzz long", Client: "77"},
	} {
		t.Run(platform, func(t *testing.T) {
			p := newIDP(t)
			a := newAttempt(t, p)
			args := []string{platform}
			if platform == "x" || platform == "instagram" {
				args = append(args, "--anyway") // their APIs are not played here
			}
			if status, body := browse(t, a.begin(args...)); status != http.StatusOK || !strings.Contains(body, "Go back to the command") {
				t.Errorf("the browser ends at %d %s", status, body)
			}
			said, err := a.end()
			if err != nil || !strings.Contains(said, "connected="+platform+"/"+platform) || strings.Count(said, "\n  - ") < 2 {
				t.Fatalf("%v, said:\n%s", err, said)
			}
			got := a.kept(platform)
			if got.Access != want.Access || got.Refresh != want.Refresh || got.Client != want.Client || got.Made.IsZero() || (got.Expires.IsZero() != (platform == "facebook")) {
				t.Error("something else is kept")
			}
			p.fits(t, platform)
		})
	}
}

// What is kept is what the service speaks with.
func TestConnectedAccountSpeaks(t *testing.T) {
	p := newIDP(t)
	a := newAttempt(t, p)
	browse(t, a.begin("google"))
	if _, err := a.end(); err != nil {
		t.Fatal(err)
	}
	s, o := a.open()
	defer func() { _ = o.Close() }()
	spoke := 0
	for _, section := range s.cfg.sections() {
		tokens := s.cfg.tokens(section, o.Grants, zap.NewNop())
		token, err := tokens.Token(t.Context())
		if section.platform == "google" && err == nil && token == "zztokenzz access" {
			spoke++
		} else if section.platform != "google" && err == nil {
			t.Errorf("%s was never connected", section.platform)
		}
	}
	if spoke != 1 {
		t.Error("the account does not speak with what is kept")
	}
}

// The browser is on another machine: the address at which it ended is pasted.
func TestAddressIsPasted(t *testing.T) {
	a := newAttempt(t, newIDP(t))
	in, typed := io.Pipe()
	a.stdin = in
	consent := a.begin("google", "--redirect", "https://elsewhere.example/")
	there := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := there.Get(consent)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	end := resp.Header.Get("Location")
	if !strings.HasPrefix(end, "https://elsewhere.example/?") {
		t.Fatalf("led to %s", end)
	}
	_, _ = fmt.Fprintf(typed, "what?\n%s#_\n", end)
	defer func() { _ = typed.Close() }()
	if said, err := a.end(); err != nil || a.kept("google").Access == "" || strings.Count(said, "paste the whole line") != 1 {
		t.Errorf("%v, said:\n%s", err, said)
	}
}

// The service runs: the token goes through its socket, and is audited.
func TestConnectThroughTheSocket(t *testing.T) {
	a := newAttempt(t, newIDP(t))
	s, o := a.open()
	defer func() { _ = o.Close() }()
	l, err := control.Listen(s.socket())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() {
		served <- control.Serve(ctx, l, s.commands(o, &people.People{Store: o.Users}, s.scrubber(o), nil))
	}()
	defer func() { cancel(); <-served }()
	browse(t, a.begin("google"))
	if said, err := a.end(); err != nil {
		t.Fatalf("%v, said:\n%s", err, said)
	}
	if g, err := o.Grants.Load(t.Context(), "google", "google"); err != nil || g.Access == "" {
		t.Errorf("not kept: %v", err)
	}
}
