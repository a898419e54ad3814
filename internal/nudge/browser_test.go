package nudge

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// cedar is the practice of the tests.
var cedar = Practice{Private: "https://forms.cedar.example/private", Phone: "(503) 555-0142", Name: "Cedar Family Practice"}

// policy forbids all that a careful site forbids, and every call to a server.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; connect-src 'none'"

// chromium finds the browser; where tests must be whole its absence fails.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("no chromium, and CI=true")
	}
	t.Skip("skipped 1 test in a browser: no chromium")
	return ""
}

// visitor is a person at a real browser.
type visitor struct {
	t   *testing.T
	ctx context.Context
}

func newVisitor(t *testing.T) *visitor {
	t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium(t)), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.NoFirstRun, chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-features", "BackForwardCache,Translate")) // chromedp loses pages that come back from there
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancel)
	v := &visitor{t, ctx}
	v.size(1100, 800)
	v.media("screen")
	return v
}

func (v *visitor) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	v.t.Helper()
	if err := chromedp.Do(v.ctx, steps...); err != nil {
		v.shoot("failed")
		v.t.Fatalf("%s: %v", what, err)
	}
}

// until waits until an expression is true on the page.
func (v *visitor) until(what, expr string) {
	v.t.Helper()
	if _, err := chromedp.Run(v.ctx, chromedp.Poll[bool](expr, chromedp.WithPollingTimeout(10*time.Second))); err != nil {
		v.shoot("failed")
		v.t.Fatalf("wait until %s: %v", what, err)
	}
}

// is fails unless an expression is true on the page now.
func (v *visitor) is(what, expr string) {
	v.t.Helper()
	if ok, err := chromedp.Run(v.ctx, chromedp.Evaluate[bool](expr)); err != nil || !ok {
		v.shoot("failed")
		v.t.Errorf("%s: %v, %v", what, ok, err)
	}
}

// value is that of an expression, which may be a promise.
func value[T any](v *visitor, expr string) T {
	v.t.Helper()
	out, err := chromedp.Run(v.ctx, chromedp.Evaluate[T](expr, chromedp.EvalAwaitPromise))
	if err != nil {
		v.t.Fatalf("%.200s: %v", expr, err)
	}
	return out
}

func (v *visitor) size(width, height int64) {
	v.t.Helper()
	v.do("resize", chromedp.EmulateViewport(width, height))
}

// media sets whether the page is on a screen or on paper; nothing may move.
func (v *visitor) media(kind string) {
	v.t.Helper()
	v.do("set the medium", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: kind,
			Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}}})
		return err
	}))
}

// shoot writes a picture of the page where TRIAGE_SCREENSHOTS says.
func (v *visitor) shoot(name string) {
	v.t.Helper()
	dir := os.Getenv("TRIAGE_SCREENSHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(v.ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "nudge-"+name+".png"), png, 0o600)
	}
	if err != nil {
		v.t.Logf("picture %s: %v", name, err)
	}
}

// watch fails the test at its end if the browser complained; a policy that is
// broken is a complaint.
func (v *visitor) watch() func() {
	ctx, cancel := context.WithCancel(v.ctx)
	messages := chromedp.Console(ctx)
	bad := make(chan string, 1000)
	go func() {
		defer close(bad)
		for m, err := range messages {
			if err != nil {
				return
			}
			if m.IsException() || m.Type == "error" || m.Source == "security" {
				bad <- m.String()
			}
		}
	}()
	return func() {
		cancel()
		for m := range bad {
			v.t.Errorf("the browser says: %s", m)
		}
	}
}

// axe reports what axe-core finds within a part of the page.
func (v *visitor) axe(part string) {
	v.t.Helper()
	f, err := os.Open("testdata/axe-4.14.1.min.js.gz")
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	if err != nil {
		v.t.Fatal(err)
	}
	code, err := io.ReadAll(z)
	if err != nil {
		v.t.Fatal(err)
	}
	v.do("load axe", chromedp.Evaluate[chromedp.Void](string(code)+";0"))
	type result struct {
		Passes     int
		Violations []struct {
			ID, Help string
			Nodes    []struct{ HTML string }
		}
	}
	arg, _ := json.Marshal(part)
	r := value[result](v, `axe.run(`+string(arg)+`, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then(r =>
		({passes: r.passes.length, violations: r.violations.map(x => ({id: x.id, help: x.help, nodes: x.nodes.map(n => ({html: n.html}))}))}))`)
	if r.Passes < 10 {
		v.t.Errorf("axe looked at %d rules only", r.Passes)
	}
	for _, x := range r.Violations {
		v.t.Errorf("axe: %s: %s: %v", x.ID, x.Help, x.Nodes)
	}
}

// site serves pages under the policy, and nudge.js.
type site struct {
	*httptest.Server
	pages map[string]string
	sent  chan string // what forms sent, as it was sent
}

func newSite(t *testing.T, pages map[string]string, script []byte) *site {
	s := &site{pages: pages, sent: make(chan string, 10)}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch page, ok := s.pages[r.URL.Path]; {
		case r.Method == http.MethodPost:
			body, _ := io.ReadAll(r.Body)
			s.sent <- string(body)
			_, _ = io.WriteString(w, "<!doctype html><title>Sent</title><p id=sent>Sent")
		case r.URL.Path == "/nudge.js":
			w.Header().Set("Content-Type", "text/javascript") // without a charset
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(script))
		case strings.HasSuffix(r.URL.Path, ".js") && ok:
			w.Header().Set("Content-Type", "text/javascript")
			_, _ = io.WriteString(w, page)
		case r.URL.Path == "/favicon.ico":
			w.WriteHeader(http.StatusNoContent)
		case !ok:
			http.NotFound(w, r)
		default:
			w.Header().Set("Content-Security-Policy", policy)
			w.Header().Set("Content-Type", "text/html; charset=windows-1252")
			_, _ = io.WriteString(w, page)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// script is nudge.js for a practice.
func script(t testing.TB, p Practice) []byte {
	t.Helper()
	b, err := Script(p, Shipped())
	if err != nil {
		t.Fatal(err)
	}
	return b
}
