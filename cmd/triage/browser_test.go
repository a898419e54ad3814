package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestBrowserOnTheDemo is what a newcomer does: start the demo, sign in, open
// what needs somebody, look, approve, and see it published.
func TestBrowserOnTheDemo(t *testing.T) {
	tab := newTab(t)
	p := start(t, "demo", "--addr", "127.0.0.1:0", "--data", t.TempDir(), "--pace", "1s", "--undo", "2s")
	page, sb := p.value("page"), box{t, p.value("sandbox")}
	user, password, _ := strings.Cut(p.value("login"), " ")

	tab.do("sign in", chromedp.Navigate(page), chromedp.SendKeys(`[name=name]`, user), chromedp.SendKeys(`[name=password]`, password+"\r"),
		chromedp.WaitVisible(`a[href^="/cases/"]`))
	eventually(t, 30*time.Second, "ten cases", func() bool { return len(caseLink.FindAllString(tab.html(page), -1)) >= 10 })
	tab.do("see the queue", chromedp.Navigate(page), chromedp.WaitVisible(`a[href^="/cases/"]`))
	tab.shoot("queue")
	tab.do("open a clear one", chromedp.Navigate(page+"/?lane=clear"), chromedp.Click(`a[href^="/cases/"]`), chromedp.WaitVisible(`[name=reply]`))
	tab.shoot("case")
	tab.do("reveal it", chromedp.Click(`form[action$="/reveal"] button`), chromedp.WaitVisible(`mark`))
	tab.do("type something unsafe", chromedp.SendKeys(`[name=reply]`, "So sorry that your surgery went badly! "))
	tab.until("the gate objects", `document.body.innerText.includes("Not safe to publish yet")`)
	tab.shoot("case-unsafe")
	tab.do("start anew and approve the suggestion", chromedp.Reload(), chromedp.WaitVisible(`[name=reply]`), chromedp.Click(`#decide button.main`),
		chromedp.WaitVisible(`form[action$="/undo"]`))
	tab.shoot("case-approved")
	eventually(t, 20*time.Second, "the reply on the platform", func() bool {
		for _, c := range sb.state().Comments {
			if len(c.Replies) == 1 {
				return true
			}
		}
		return false
	})
	if code := p.stop(); code != 0 {
		t.Fatalf("the demo stopped with %d:\n%s", code, p.output())
	}
}

// tab is a tab of a real browser.
type tab struct {
	t   *testing.T
	ctx context.Context
}

func newTab(t *testing.T) *tab {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatal("no chromium, and CI=true")
	}
	if err != nil {
		t.Skip("no chromium: the demo is not driven in a browser")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.NoFirstRun, chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancel)
	b := &tab{t, ctx}
	b.do("size", chromedp.EmulateViewport(1100, 800))
	return b
}

func (b *tab) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
}

// until waits until an expression is true on the page.
func (b *tab) until(what, expr string) {
	b.t.Helper()
	if _, err := chromedp.Run(b.ctx, chromedp.Poll[bool](expr, chromedp.WithPollingTimeout(10*time.Second))); err != nil {
		b.t.Fatalf("wait until %s: %v", what, err)
	}
}

func (b *tab) html(url string) string {
	b.t.Helper()
	b.do("open "+url, chromedp.Navigate(url))
	html, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.documentElement.outerHTML`))
	if err != nil {
		b.t.Fatal(err)
	}
	return html
}

// shoot takes a picture of the page for docs/, if asked to.
func (b *tab) shoot(name string) {
	b.t.Helper()
	dir := os.Getenv("TRIAGE_SCREENSHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}
