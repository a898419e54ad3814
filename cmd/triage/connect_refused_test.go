package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"triage/internal/ingest"
)

func TestConsentThatIsNone(t *testing.T) {
	for name, c := range map[string]struct {
		platform string
		play     func(*idp)
		says     string
	}{
		"denied":           {"google", func(p *idp) { p.deny = "access_denied" }, "did not agree"},
		"refused":          {"google", func(p *idp) { p.deny = "zztokenzz" }, "registered with exactly"},
		"no token":         {"google", func(p *idp) { p.token = `{"error":"invalid_grant","error_description":"zztokenzz"}` }, "gave no token"},
		"nothing to renew": {"google", func(p *idp) { p.token = `{"access_token":"zztokenzz","expires_in":3599}` }, "nothing to renew"},
		"another account":  {"google", func(p *idp) { p.account = "accounts/9" }, "nothing was connected"},
		"a box not ticked": {"google", func(p *idp) { p.scope = "openid" }, "leaves out permissions"},
		"one of Facebook's": {"facebook", func(p *idp) { p.scopes = `["pages_read_engagement","pages_read_user_content"]` },
			"leaves out permissions: pages_manage_engagement, pages_messaging"},
		"not her Page": {"facebook", func(p *idp) { p.page = "23" }, "does not manage the configured Page"},
		"a task lacks": {"facebook", func(p *idp) { p.tasks = `["MESSAGING"]` }, "may not MODERATE"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newIDP(t)
			c.play(p)
			a := newAttempt(t, p)
			browse(t, a.begin(c.platform))
			said, err := a.end()
			if err == nil || exitCode(err) != 1 || !strings.Contains(said, c.says) {
				t.Errorf("%v, said:\n%s", err, said)
			}
			if a.kept(c.platform) != (ingest.Grant{}) {
				t.Error("something is kept")
			}
		})
	}
}

// An answer that was not asked for does nothing, and the right one still counts.
func TestWrongStateIsRefused(t *testing.T) {
	a := newAttempt(t, newIDP(t))
	consent := a.begin("google")
	u, _ := url.Parse(consent)
	back := u.Query().Get("redirect_uri")
	for _, query := range []string{"?code=zzcodezz&state=forged", "?code=zzcodezz", "?error=access_denied&state=", ""} {
		if status, body := browse(t, back+query); status != http.StatusBadRequest || !strings.Contains(body, "nothing was done") {
			t.Errorf("%s: %d %s", query, status, body)
		}
	}
	browse(t, consent)
	if said, err := a.end(); err != nil {
		t.Errorf("%v, said:\n%s", err, said)
	}
}

// "localhost" has two addresses: nobody else on this machine gets the answer at the
// other one.
func TestBothAddressesOfThisMachineAreTaken(t *testing.T) {
	six, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp6", "[::1]:0")
	if err != nil {
		t.Skipf("this machine has one address only: %v", err)
	}
	port := six.Addr().(*net.TCPAddr).Port
	if w, err := await(t.Context(), port); err == nil || !strings.Contains(err.Error(), "--port") {
		t.Errorf("it waits beside somebody else: %v, %v", w, err)
	}
	_ = six.Close()
	w, err := await(t.Context(), port)
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	for _, host := range []string{"127.0.0.1", "[::1]"} {
		if status, body := browse(t, fmt.Sprintf("http://%s:%d/callback?state=x", host, port)); status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", host, status, body)
		}
	}
}

func TestConnectSaysWhatIsMissing(t *testing.T) {
	a := newAttempt(t, newIDP(t))
	say := func(change func(string) string, args ...string) string {
		t.Helper()
		text := readFile(t, a.config)
		path := filepath.Join(t.TempDir(), "config.toml")
		if err := os.WriteFile(path, []byte(change(text)), 0o600); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := run(t.Context(), append([]string{"connect", "--config", path}, args...), nil, &out, &out); err == nil {
			t.Errorf("%v: no error", args)
		}
		return out.String()
	}
	same := func(s string) string { return s }
	for want, got := range map[string]string{
		"takes one PLATFORM|needs":    say(same),
		"is not connected by consent": say(same, "wordpress"),
		"has no such account":         say(same, "google", "--account", "other"),
		"set app_id":                  say(func(s string) string { return strings.ReplaceAll(s, "app_id = \"77\"\n", "") }, "facebook"),
		"set client_secret":           say(func(s string) string { return strings.ReplaceAll(s, "client_secret = \"zzsecretzz\"\n", "") }, "google"),
		"name one with --account": say(func(s string) string {
			return s + strings.ReplaceAll(s[strings.Index(s, "[[google]]"):strings.Index(s, "[[x]]")], "[[google]]", "[[google]]\nname = \"two\"")
		}, "google"),
		"there is no such user, or she is sh": say(same, "google", "--as", "nobody"),
	} {
		found := false
		for _, part := range strings.Split(want, "|") {
			found = found || strings.Contains(got, part)
		}
		if !found {
			t.Errorf("want %q, got %s", want, got)
		}
	}
}

func TestNobodyConsents(t *testing.T) {
	a := newAttempt(t, newIDP(t))
	for name, c := range map[string]struct {
		wait time.Duration
		want error
	}{"in time": {time.Millisecond, errNobody}, "before it is interrupted": {time.Hour, context.Canceled}} {
		ctx, cancel := context.WithCancel(t.Context())
		if c.want != errNobody {
			time.AfterFunc(50*time.Millisecond, cancel)
		}
		cmd := &cobra.Command{}
		cmd.SetContext(ctx)
		cmd.SetOut(io.Discard)
		cmd.SetIn(strings.NewReader(""))
		connect := &connecting{order: order{config: a.config}, wait: c.wait}
		if err := connect.run(cmd, "google"); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
		cancel()
	}
}
