package review

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"triage/internal/ingest"
)

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
	t.Skip("no chromium at /usr/bin/chromium or in PATH: the pages are not driven in a browser")
	return ""
}

// screen is a tab of a real browser.
type screen struct {
	t   *testing.T
	ctx context.Context
}

func newScreen(t *testing.T) *screen {
	t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium(t)), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.NoFirstRun, chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 90*time.Second)
	t.Cleanup(cancel)
	return &screen{t, ctx}
}

func (s *screen) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	s.t.Helper()
	if err := chromedp.Do(s.ctx, steps...); err != nil {
		s.shoot("failed")
		s.t.Fatalf("%s: %v", what, err)
	}
}

// wait waits until the page holds what the selector finds, visible.
func (s *screen) wait(what, sel string) {
	s.t.Helper()
	s.do("wait for "+what, chromedp.WaitVisible(sel))
}

// until waits until an expression is true on the page.
func (s *screen) until(what, expr string) {
	s.t.Helper()
	if _, err := chromedp.Run(s.ctx, chromedp.Poll[bool](expr, chromedp.WithPollingTimeout(10*time.Second))); err != nil {
		s.shoot("failed")
		s.t.Fatalf("wait for %s: %v", what, err)
	}
}

// is fails unless an expression is true on the page now.
func (s *screen) is(what, expr string) {
	s.t.Helper()
	if ok, err := chromedp.Run(s.ctx, chromedp.Evaluate[bool](expr)); err != nil || !ok {
		s.t.Errorf("%s: %v, %v", what, ok, err)
	}
}

// watch fails the test at its end if the browser complained; a refused form is
// meant to be refused.
func (s *screen) watch() func() {
	ctx, cancel := context.WithCancel(s.ctx)
	messages := chromedp.Console(ctx)
	bad := make(chan string, 1000)
	go func() {
		defer close(bad)
		for m, err := range messages {
			if err != nil {
				return
			}
			if (m.IsException() || m.Type == "error" || m.Source == "security") && m.Source != "network" {
				bad <- m.String()
			}
		}
	}()
	return func() {
		cancel()
		for m := range bad {
			s.t.Errorf("the browser says: %s", m)
		}
	}
}

// shoot writes a picture of the page where TRIAGE_SCREENSHOTS says.
func (s *screen) shoot(name string) {
	dir := os.Getenv("TRIAGE_SCREENSHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(s.ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), png, 0o600)
	}
	if err != nil {
		s.t.Logf("picture %s: %v", name, err)
	}
}

func (s *screen) size(width, height int64) { s.do("resize", chromedp.EmulateViewport(width, height)) }

func (s *screen) dark(on bool) {
	s.t.Helper()
	s.media("screen", map[bool]string{true: "dark", false: "light"}[on])
}

func (s *screen) media(kind, scheme string) {
	s.t.Helper()
	s.do("colours", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: kind,
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
		return err
	}))
}

func TestInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	s := newScreen(t)
	w := newWorld(t, func(o *Options) { o.Now = time.Now })
	w.health = []ingest.Health{{Platform: "facebook", Account: "cedar", LastOK: time.Now().Add(-40 * time.Second)}}
	s.do("start", chromedp.Navigate("about:blank"))
	defer s.watch()()
	s.size(1200, 800)
	s.dark(false)
	s.do("open", chromedp.Navigate(w.server.URL))
	s.wait("the sign-in page", "#password")
	s.shoot("login")
	s.do("sign in", chromedp.SendKeys("#name", "otto"), chromedp.SendKeys("#password", secret+"\r"))
	s.wait("an empty queue", ".empty")
	s.shoot("queue-empty")
	furnish(t, w)
	s.is("new cases do not move the list by themselves", `!document.querySelector("table")`)
	s.wait("the news", ".news a")
	s.shoot("queue-news")
	s.do("show them", chromedp.Click(".news a"))
	s.wait("the queue", "table.cases")
	queuePictures(s)

	read(s, w)
	edit(s)
	decideByKeys(s)
	others(s, w)
}

// read walks to a case by keys and reveals it.
func read(s *screen, w *world) {
	s.t.Helper()
	s.do("move by keys", chromedp.KeyEvent("jj"))
	s.is("the second case is under the keys", `document.activeElement.getAttribute("href") === "/cases/urgent"`)
	s.do("move on", chromedp.KeyEvent("jjk"), chromedp.KeyEvent("j"))
	s.do("open it", chromedp.Navigate(w.server.URL+"/cases/story"))
	s.wait("the case", "#decide")
	s.is("nothing of the comment is there", `!document.body.textContent.includes("gallbladder")`)
	s.shoot("case-masked")
	s.do("reveal", chromedp.KeyEvent("r"))
	s.wait("the words", ".words mark")
	s.shoot("case-revealed")
	s.media("print", "light")
	s.is("a print has no words of it", `getComputedStyle(document.querySelector(".words")).display === "none" && getComputedStyle(document.querySelector(".editor")).display === "none"`)
	s.shoot("case-print")
	s.dark(false)
}

// queuePictures looks at the queue in its sizes and colours.
func queuePictures(s *screen) {
	s.t.Helper()
	s.shoot("queue-wide")
	s.dark(true)
	s.shoot("queue-dark")
	s.dark(false)
	s.size(390, 844)
	s.is("nothing is wider than the phone", `document.documentElement.scrollWidth <= 390`)
	s.shoot("queue-phone")
	s.size(1200, 800)
}

// emptied empties a field.
func emptied(sel string) chromedp.Action[chromedp.Void] {
	return chromedp.Evaluate[chromedp.Void](`document.querySelector("` + sel + `").value = ""`)
}

// edit writes something unsafe, is told while typing, and mends it.
func edit(s *screen) {
	s.t.Helper()
	s.do("edit", chromedp.KeyEvent("e"))
	s.is("the text has the focus", `document.activeElement.id === "f-reply"`)
	s.do("write", emptied("#f-reply"), chromedp.SendKeys("#f-reply", "We hope your surgery went well. Please call us."))
	s.wait("the problem beside the words", "[data-kind=reply] .problems li q")
	s.until("the words to be underlined", `document.querySelector("[data-kind=reply] .under mark").textContent.length > 0`)
	s.is("it says which words", `document.querySelector("#g-reply").textContent.includes("stops it")`)
	s.shoot("case-typing")
	s.do("approve all the same", chromedp.Click("button.main"))
	s.wait("the refusal", "#notice")
	s.is("the text is kept", `document.querySelector("#f-reply").value === "We hope your surgery went well. Please call us."`)
	s.until("the words to be underlined again", `!!document.querySelector("[data-kind=reply] .under mark")`)
	s.shoot("case-refused")
	s.size(390, 844)
	s.is("nothing is wider than the phone", `document.documentElement.scrollWidth <= 390`)
	s.shoot("case-refused-phone")
	s.size(1200, 800)
	s.do("another wording", chromedp.KeyEvent("v"))
	s.until("it to be safe", `document.querySelector("#g-reply").textContent.startsWith("safe")`)
	s.is("nothing is wrong any more", `!document.querySelector("[data-kind=reply] .problems li")`)
}

// decideByKeys approves, takes it back, and approves again.
func decideByKeys(s *screen) {
	s.t.Helper()
	s.do("approve", chromedp.KeyEvent("a"))
	s.wait("the countdown", "[data-goes]")
	s.until("the seconds to go down", `/^Goes out in [1-5]?\d seconds\.$/.test(document.querySelector("[data-goes]").textContent)`)
	s.shoot("case-approved")
	s.dark(true)
	s.shoot("case-dark")
	s.dark(false)
	s.do("undo", chromedp.KeyEvent("u"))
	s.wait("the form again", "#decide")
	s.is("the history tells", `document.querySelector(".history").textContent.includes("took the decision back")`)
	s.do("not sensitive", chromedp.KeyEvent("n"))
	s.wait("the decision", ".done")
	s.do("undo by button", chromedp.Click("[data-key=u]"))
	s.wait("the form again", "#decide")
}

// others looks at the other pages, and leaves.
func others(s *screen, w *world) {
	s.t.Helper()
	s.do("take-down", chromedp.Navigate(w.server.URL+"/cases/ours"), chromedp.WaitVisible("#down-h"))
	s.shoot("case-takedown")
	s.do("not judged", chromedp.Navigate(w.server.URL+"/cases/tagalog"), chromedp.WaitVisible("#decide"))
	s.shoot("case-look")
	s.do("on a phone", chromedp.EmulateViewport(390, 844), chromedp.Navigate(w.server.URL+"/cases/child"), chromedp.WaitVisible("#decide"))
	s.is("nothing is wider than the phone", `document.documentElement.scrollWidth <= 390`)
	s.shoot("case-phone")
	s.size(1200, 800)
	s.do("nowhere", chromedp.Navigate(w.server.URL+"/cases/none"), chromedp.WaitVisible(".lead"))
	s.shoot("message")
	s.do("keys", chromedp.Navigate(w.server.URL), chromedp.WaitVisible("table"), chromedp.KeyEvent("?"))
	s.wait("the keys", "#keys-on")
	s.is("filters by key", `document.querySelector("#keys").open`)
	s.do("filter", chromedp.KeyEvent("/"))
	s.is("the filters have the focus", `!!document.activeElement.closest("#filters")`)
	s.shoot("queue-keys")
	s.do("sign out", chromedp.Click(".me button"))
	s.wait("the sign-in page", "#password")
}
