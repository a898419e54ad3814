package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"triage/internal/sandbox"
)

// branch is one account of a chain. It has a sandbox of its own, so that it can
// fall ill alone.
type branch struct {
	*sandbox.Server
	box
	platform, name string
	prefix         string // of the platform's ids, which the sandbox's lack
}

// openBranch plays an account until the test ends. Those of the platforms that are
// asked at one host are below their names on a common one; a site is a host of its
// own, and X signs the path.
func openBranch(t *testing.T, name string, common *http.ServeMux, host string) *branch {
	t.Helper()
	played, err := sandbox.New(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = played.Close() })
	platform, _, _ := strings.Cut(name, "-")
	b := &branch{Server: played, box: box{t, host + "/" + name}, platform: platform, name: name}
	switch platform {
	case "wordpress", "x":
		b.url = serveBranches(t, played)
	case "google":
		b.prefix = googleAccount + "/" + googleLocation + "/reviews/"
		fallthrough
	default:
		common.Handle("/"+name+"/", http.StripPrefix("/"+name, played))
	}
	return b
}

// serveBranches serves until the test ends, and gives its address.
func serveBranches(t *testing.T, h http.Handler) string {
	web := httptest.NewServer(h)
	t.Cleanup(func() { web.CloseClientConnections(); web.Close() })
	return web.URL
}

const googleAccount, googleLocation = "accounts/" + sandbox.GoogleAccount, "locations/" + sandbox.GoogleLocation

// section is what the configuration says of the account.
func (b *branch) section(every time.Duration) string {
	keys := map[string]string{
		"facebook":  fmt.Sprintf("base_url = %q\npage = %q\ntoken = %q\n", b.url, sandbox.PageID, sandbox.PageToken),
		"instagram": fmt.Sprintf("base_url = %q\naccount = %q\npage = %q\ntoken = %q\n", b.url, sandbox.InstagramID, sandbox.PageID, sandbox.PageToken),
		"wordpress": fmt.Sprintf("site = %q\nuser = %q\npassword = %q\n", b.url, sandbox.WordPressUser, sandbox.WordPressPassword),
		"x": fmt.Sprintf("base_url = %q\nuser = %q\nconsumer_key = %q\nconsumer_secret = %q\naccess_token = %q\naccess_secret = %q\n",
			b.url, sandbox.XUserID, sandbox.XConsumerKey, sandbox.XConsumerSecret, sandbox.XToken, sandbox.XTokenSecret),
		"google": fmt.Sprintf("base_url = %q\naccount = %q\nlocation = %q\nclient_id = %q\nclient_secret = %q\nrefresh_token = %q\n",
			b.url, googleAccount, googleLocation, sandbox.GoogleClientID, sandbox.GoogleClientSecret, sandbox.GoogleRefreshToken),
	}
	return fmt.Sprintf("[[%s]]\nname = %q\nevery = %q\n%s", b.platform, b.name, every, keys[b.platform])
}

// turn changes how the account's platform behaves.
func (b *branch) turn(name, value string) {
	b.t.Helper()
	b.call("POST", "switches", map[string]string{"platform": b.platform, "name": name, "value": value}, nil)
}

// calls is how often the platform was called.
func (b *branch) calls() (n int) {
	for _, lines := range b.State().Calls {
		for _, count := range lines {
			n += count
		}
	}
	return n
}

// usage is what a service has used by then.
type usage struct {
	at    time.Time
	cpu   float64 // seconds
	rss   float64 // bytes
	calls int     // of accounts that stay well
}

func (c *chain) usage() usage {
	c.t.Helper()
	_, metrics := c.desk.get("/metrics")
	read := func(name string) float64 {
		m := regexp.MustCompile(`(?m)^` + name + ` (\S+)$`).FindStringSubmatch(metrics)
		if m == nil {
			c.t.Fatalf("there is no metric %s", name)
		}
		f, _ := strconv.ParseFloat(m[1], 64)
		return f
	}
	u := usage{at: time.Now(), cpu: read("process_cpu_seconds_total"), rss: read("process_resident_memory_bytes")}
	for _, b := range c.branches {
		if illnesses[b.name] == nil {
			u.calls += b.calls()
		}
	}
	return u
}

// findings are how soon comments became cases, and what that took.
type findings struct {
	median, p95, longest time.Duration
	cpu                  float64 // seconds a minute
	rss                  float64 // MB
	calls                float64 // a second
}

// over completes findings with what was used meanwhile.
func (f findings) over(from, to usage) findings {
	seconds := to.at.Sub(from.at).Seconds()
	f.cpu, f.rss, f.calls = (to.cpu-from.cpu)/seconds*60, to.rss/1e6, float64(to.calls-from.calls)/seconds
	return f
}

func (f findings) String() string {
	ms := time.Millisecond
	return fmt.Sprintf("found after %v (median), %v (p95), %v (longest); %.1f s of CPU a minute, %.0f MB, %.1f calls a second",
		f.median.Round(ms), f.p95.Round(ms), f.longest.Round(ms), f.cpu, f.rss, f.calls)
}
