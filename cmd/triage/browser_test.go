package main

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"triage/internal/chromium"
)

// TestBrowserOnTheDemo is what a newcomer does: start the demo, sign in, open
// what needs somebody, look, approve, and see it published.
func TestBrowserOnTheDemo(t *testing.T) {
	tab := chromium.New(t)
	p := start(t, "demo", "--addr", "127.0.0.1:0", "--data", t.TempDir(), "--pace", "1s", "--undo", "2s")
	page, sb := p.value("page"), box{t, p.value("sandbox")}
	elsewhere := tab.Requests()

	tab.Open(page, "#password")
	first := weight(tab)
	signInTo(tab, p)
	eventually(t, 30*time.Second, "ten cases", func() bool { return len(caseLink.FindAllString(htmlAt(tab, page), -1)) >= 10 })
	t.Logf("the first page weighs %d bytes on the line, with styles, scripts and icon; the queue %d more", first, weight(tab))
	if first > firstMost {
		t.Errorf("the first page weighs %d bytes, more than %d", first, firstMost)
	}
	tab.Open(page+"/?lane=clear", `[data-item]`)
	tab.Follow(`[data-item]`)
	tab.Wait("the case", "#decide")
	tab.Follow(`form[action$="/reveal"] button`)
	tab.Until("its words are there", `!!document.querySelector(".words mark")`)
	tab.Click(`[data-edit=reply]`)
	tab.Do("type something unsafe", chromedp.SendKeys(`[name=reply]`, "So sorry that your surgery went badly! "))
	tab.Until("the gate objects", `document.body.innerText.includes("Not safe to publish yet")`)
	tab.Do("start anew", chromedp.Reload())
	tab.Wait("the case", "#decide")
	tab.Follow(`#decide button.main`)
	tab.Wait("what can be undone", `form[action$="/undo"]`)
	eventually(t, 20*time.Second, "the reply on the platform", func() bool {
		for _, c := range sb.state().Comments {
			if len(c.Replies) == 1 {
				return true
			}
		}
		return false
	})
	for _, path := range []string{"/settings", "/settings/posting.mode", "/people", "/account", "/on-call"} {
		tab.Open(page+path, "main")
		tab.Axe("html")
	}
	for _, url := range elsewhere() {
		if !strings.HasPrefix(url, page+"/") && !strings.HasPrefix(url, "data:") { // the browser's own icons
			t.Errorf("the browser was made to ask for %s", url)
		}
	}
	if code := p.stop(); code != 0 {
		t.Fatalf("the demo stopped with %d:\n%s", code, p.output())
	}
}

// firstMost is what the first page may weigh, in bytes.
const firstMost = 60_000

// weight is what a page and all its files weighed on the line, in bytes; what was kept
// from earlier pages weighs nothing.
func weight(tab *chromium.Tab) int {
	tab.Helper()
	return chromium.Value[int](tab, `["navigation", "resource"].flatMap(t => performance.getEntriesByType(t)).reduce((n, e) => n + e.transferSize, 0)`)
}

// signInTo signs in to a demo.
func signInTo(tab *chromium.Tab, p *process) {
	tab.Helper()
	user, password, _ := strings.Cut(p.value("login"), " ")
	tab.Do("sign in", chromedp.SendKeys(`[name=name]`, user), chromedp.SendKeys(`[name=password]`, password+"\r"))
	tab.Wait("the queue", ".me")
}

// htmlAt is the page at an address.
func htmlAt(b *chromium.Tab, url string) string {
	b.Helper()
	b.Do("open "+url, chromedp.Navigate(url))
	return chromium.Value[string](b, `document.documentElement.outerHTML`)
}
