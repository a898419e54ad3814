package main

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"triage/internal/sandbox"
)

// What a consent at the sandbox gives is what the service then reads with, and it
// goes on when the token has ended. Neither side knows the other's code.
func TestConnectAtTheSandbox(t *testing.T) {
	t.Parallel()
	sb := platform(t)
	d := newPractice(t, sb.url, fmt.Sprintf(`
[[google]]
account = "accounts/%s"
location = "locations/%s"
client_id = %q
client_secret = %q
base_url = %q
every = "1s"

[[x]]
user = %q
client_id = %q
client_secret = %q
base_url = %q
every = "1s"
`, sandbox.GoogleAccount, sandbox.GoogleLocation, sandbox.GoogleClientID, sandbox.GoogleClientSecret, sb.url,
		sandbox.XUserID, sandbox.XClientID, sandbox.XClientSecret, sb.url))
	before := start(t, "check", "--config", d.config)
	if code := before.exit(); code != 1 || strings.Count(before.output(), "is not connected yet") != 2 {
		t.Errorf("before: exit code %d and %s", code, before.output())
	}
	for _, platform := range []string{"google", "x"} {
		sb.call("POST", "switches", map[string]string{"platform": platform, "name": "consent", "value": "allow"}, nil)
		d.consents(t, platform)
	}
	_, page := d.run(t)
	author := "Pat Example"
	for _, platform := range []string{"google", "x"} {
		sb.call("POST", "comments", sandbox.Comment{Platform: platform, Author: &author, Text: "Since my knee surgery it hurts every night"}, nil)
	}
	eventually(t, 30*time.Second, "a case of each", func() bool { return len(page.waiting()) == 2 })
	if said := d.does(t, "check"); strings.Contains(said, "MEND") {
		t.Errorf("afterwards: %s", said)
	}
}

var consentAddress = regexp.MustCompile(`http://\S+response_type=code\S+`)

// consents connects an account as somebody would who agrees.
func (d practiceDir) consents(t *testing.T, platform string) {
	t.Helper()
	p := start(t, "connect", platform, "--config", d.config, "--port", "0")
	var at string
	eventually(t, 20*time.Second, "the address to consent at", func() bool {
		at = consentAddress.FindString(p.output())
		return at != ""
	})
	resp, err := http.Get(at)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	p.value("connected")
	<-p.ended
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		t.Fatalf("it ended with %d:\n%s", code, p.output())
	}
}
