// Package chromium is a real browser for tests: it looks at pages as people do,
// and holds them against what everybody can use (axe-core). No program imports it.
package chromium

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Tab is a tab of a browser of its own, which ends with the test.
type Tab struct {
	testing.TB
	Ctx context.Context
	// Prefix begins the names of its pictures.
	Prefix string
}

// patience is how long a journey may take, and wait how long for one thing, on a
// busy machine.
const (
	patience = 4 * time.Minute
	wait     = 20 * time.Second
)

// Find finds the browser; where tests must be whole its absence fails.
func Find(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("no chromium, and CI=true")
	}
	t.Skip("skipped 1 test in a browser: no chromium at /usr/bin/chromium or in PATH")
	return ""
}

// New opens a tab as wide as a desk's screen, in light colours, where nothing moves.
func New(t testing.TB, more ...chromedp.ExecAllocatorOption) *Tab {
	t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(Find(t)), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.NoFirstRun, chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-quic", true), chromedp.Flag("lang", "en-US"),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-features", "BackForwardCache,Translate")) // chromedp loses pages that come back from there
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), append(opts, more...)...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, patience)
	t.Cleanup(cancel)
	b := &Tab{TB: t, Ctx: ctx}
	b.Size(1200, 800)
	b.Media("screen", "light")
	return b
}

// Do does steps, or fails the test and leaves a picture of where it stood.
func (b *Tab) Do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	if err := chromedp.Do(b.Ctx, steps...); err != nil {
		b.Shoot("failed")
		b.Fatalf("%s: %v", what, err)
	}
}

// Open goes to an address and waits for what a selector finds.
func (b *Tab) Open(url, sel string) {
	b.Helper()
	b.Do("open "+url, chromedp.Navigate(url))
	b.Wait(sel, sel)
}

// Wait waits until the page shows what a selector finds.
func (b *Tab) Wait(what, sel string) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Ctx, wait)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.WaitVisible(sel)); err != nil {
		b.Shoot("failed")
		b.Fatalf("wait for %s: %v", what, err)
	}
}

// Press presses keys as somebody does who has clicked nowhere.
func (b *Tab) Press(keys string) { b.Helper(); b.Do("press "+keys, chromedp.KeyEvent(keys)) }

// Click clicks on what a selector finds.
func (b *Tab) Click(sel string) { b.Helper(); b.Do("click "+sel, chromedp.Click(sel)) }

// Type puts text into a field that had something else.
func (b *Tab) Type(sel, text string) {
	b.Helper()
	b.Do("empty "+sel, chromedp.Evaluate[chromedp.Void](`document.querySelector(`+"`"+sel+"`"+`).value = ""`))
	b.Do("type into "+sel, chromedp.SendKeys(sel, text))
}

// Until waits until an expression is true on the page, or on the one that comes after it.
func (b *Tab) Until(what, expr string) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Ctx, wait)
	defer cancel()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expr))
		if ok && err == nil {
			return
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			b.Shoot("failed")
			b.Fatalf("wait until %s: %v", what, err)
		}
	}
}

// Is fails the test unless an expression is true on the page now.
func (b *Tab) Is(what, expr string) {
	b.Helper()
	if ok, err := chromedp.Run(b.Ctx, chromedp.Evaluate[bool](expr)); err != nil || !ok {
		b.Shoot("failed")
		b.Errorf("%s: %v, %v", what, ok, err)
	}
}

// Value is that of an expression, which may be a promise.
func Value[T any](b *Tab, expr string) T {
	b.Helper()
	out, err := chromedp.Run(b.Ctx, chromedp.Evaluate[T](expr, chromedp.EvalAwaitPromise))
	if err != nil {
		b.Fatalf("%.200s: %v", expr, err)
	}
	return out
}

// Size makes the screen so many points wide and high; 390 by 844 is a phone.
func (b *Tab) Size(width, height int64) {
	b.Helper()
	b.Do("resize", chromedp.EmulateViewport(width, height))
}

// Dark sets dark or light colours.
func (b *Tab) Dark(on bool) {
	b.Helper()
	b.Media("screen", map[bool]string{true: "dark", false: "light"}[on])
}

// Media sets whether the page is on a "screen" or in "print", and its colours.
func (b *Tab) Media(kind, scheme string) {
	b.Helper()
	b.Do("set the medium", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: kind,
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
		return err
	}))
}

// NoScript switches JavaScript off, or on again, for the pages that are opened next.
func (b *Tab) NoScript(off bool) {
	b.Helper()
	b.Do("scripts", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: off})
		return err
	}))
}

// Shoot writes a picture of the page where TRIAGE_SCREENSHOTS says.
func (b *Tab) Shoot(name string) {
	b.Helper()
	dir := os.Getenv("TRIAGE_SCREENSHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(b.Ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, b.Prefix+name+".png"), png, 0o600)
	}
	if err != nil {
		b.Logf("picture %s: %v", name, err)
	}
}

// Watch fails the test at its end if the browser complained, as of a broken policy;
// a refused form is meant to be refused. The returned function ends the watch.
func (b *Tab) Watch() func() {
	ctx, cancel := context.WithCancel(b.Ctx)
	messages := chromedp.Console(ctx)
	var mu sync.Mutex
	var bad []string
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for m, err := range messages {
			if err != nil {
				return
			}
			if (m.IsException() || m.Type == "error" || m.Source == "security") && m.Source != "network" {
				mu.Lock()
				bad = append(bad, m.String())
				mu.Unlock()
			}
		}
	}()
	return func() {
		b.Helper()
		cancel()
		<-ended
		if len(bad) > 0 {
			b.Errorf("the browser says: %s", strings.Join(bad, "\n"))
		}
	}
}
