package office_test

import (
	"testing"

	"github.com/chromedp/chromedp"

	"triage/internal/chromium"
	"triage/internal/settings"
)

// tabOf is a browser in which somebody is signed in.
func tabOf(t *testing.T, w *world, name string) *chromium.Tab {
	t.Helper()
	tab := chromium.New(t)
	tab.Prefix = "office-"
	tab.Open(w.server.URL, "#password")
	tab.Do("sign in as "+name, chromedp.SendKeys("#name", name), chromedp.SendKeys("#password", password+"\r"))
	tab.Wait("the queue", ".me")
	return tab
}

// looks holds a page against what everybody can use: wide, on a phone, in the dark.
func looks(tab *chromium.Tab, name string) {
	tab.Helper()
	tab.Axe("html")
	tab.Shoot(name + "-wide")
	tab.Dark(true)
	tab.Axe("html")
	tab.Shoot(name + "-dark")
	tab.Dark(false)
	tab.Size(390, 844)
	tab.Is(name+" is no wider than the phone", `document.documentElement.scrollWidth <= 390`)
	tab.Is("what is pressed on "+name+" is large enough", `[...document.querySelectorAll("main :is(button, select, input:not([type=hidden], [type=radio], [type=checkbox])), main a.plain, main .tick")]
		.every(el => !el.offsetParent || el.getBoundingClientRect().height >= 44)`)
	tab.Axe("html")
	tab.Shoot(name + "-phone")
	tab.Size(1200, 800)
}

func TestInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	w := newWorld(t)
	must(t, w.Settings.Set(t.Context(), settings.Change{Name: "posting.daily_cap", Value: "80", By: "otto"}))
	tab := tabOf(t, w, "ada")
	defer tab.Watch()()
	settingsTour(tab, w)
	peopleTour(tab, w)
	waitingTour(t, tab, w)
	tab.NoScript(true)
	withoutScript(t, tab, w)
	tab.NoScript(false)
	tab.Open(w.server.URL+"/settings", ".facts")
	tab.Follow(`.tongues [lang=es]`)
	tab.Wait("Spanish", "html[lang=es] .facts")
	looks(tab, "settings-es")
	tab.Open(w.server.URL+"/people", ".folk")
	looks(tab, "people-es")
}

func settingsTour(tab *chromium.Tab, w *world) {
	tab.Helper()
	tab.Open(w.server.URL+"/settings", ".facts")
	tab.Is("it says where one is", `document.querySelector(".me [aria-current=page]").getAttribute("href") === "/settings"`)
	looks(tab, "settings")
	tab.Open(w.server.URL+"/settings/posting.undo", "#ask")
	tab.Type("[name=value]", "soon")
	tab.Until("the trouble", `!document.querySelector("#trouble").hidden && document.querySelector("#trouble").textContent.startsWith("Write a whole number")`)
	looks(tab, "setting-trouble")
	tab.Type("[name=value]", "3")
	tab.Until("what it means", `document.querySelector("#effect").textContent.includes("3 minutes")`)
	looks(tab, "setting")
	tab.Follow("#ask button.main")
	tab.Wait("it to be done", ".done-line")
	tab.Is("it says what holds now", `document.querySelector(".done-line").textContent.includes("3 minutes")`)

	tab.Open(w.server.URL+"/settings/posting.automatic", "#ask")
	tab.Click("[value=clear]")
	tab.Until("what it means", `document.querySelector("#effect").textContent.includes("Nobody looks first")`)
	tab.Follow("#ask button.main")
	tab.Wait("the question", "[name=back]")
	looks(tab, "setting-sure")
	tab.Follow("[name=back]")
	tab.Wait("the form with what was chosen", "#ask")
	tab.Is("it is still chosen", `document.querySelector("[value=clear]").checked`)
	for _, name := range []string{"posting.mode", "posting.daily_cap"} {
		tab.Open(w.server.URL+"/settings/"+name, "#ask")
		tab.Do("open the history", chromedp.Evaluate[chromedp.Void](`document.querySelector(".changes").open = true`))
		looks(tab, "setting-"+name)
	}
}

func peopleTour(tab *chromium.Tab, w *world) {
	tab.Helper()
	tab.Open(w.server.URL+"/people", ".folk")
	looks(tab, "people")
	tab.Type("[name=name]", "Dr Nina")
	tab.Follow("#add button.main")
	tab.Wait("what is wrong with the name", "#trouble")
	looks(tab, "people-trouble")
	tab.Type("[name=name]", "nina")
	tab.Follow("#add button.main")
	tab.Wait("her link", "#link")
	tab.Until("the button to copy it works", `document.querySelector("[data-copy]").offsetParent !== null`)
	tab.Click("[data-copy]")
	tab.Until("it says so", `document.querySelector("#copied").textContent !== ""`)
	looks(tab, "link")
	tab.Open(w.server.URL+"/people/rita", ".person")
	looks(tab, "person")
}

// waitingTour confirms what somebody else proposed.
func waitingTour(t *testing.T, tab *chromium.Tab, w *world) {
	t.Helper()
	must(t, w.Settings.Set(t.Context(), settings.Change{Name: "review.four_eyes", Value: "true", By: "otto", Others: 2}))
	must(t, w.Settings.Set(t.Context(), settings.Change{Name: "posting.mode", Value: "review", By: "otto", Others: 2}))
	tab.Open(w.server.URL+"/settings", ".wait")
	looks(tab, "settings-waiting")
	tab.Open(w.server.URL+"/settings/posting.mode", ".waiting")
	looks(tab, "setting-waiting")
	tab.Follow(".waiting button.main")
	tab.Wait("it to be done", ".done-line")
	if got := w.value("posting.mode"); got.Value != "review" || got.Changed.Second != "ada" {
		t.Errorf("it is %+v", got)
	}
}

// withoutScript changes a setting as somebody does whose browser runs no script.
func withoutScript(t *testing.T, tab *chromium.Tab, w *world) {
	t.Helper()
	tab.Open(w.server.URL+"/settings/posting.undo", "#ask")
	tab.Type("[name=value]", "4")
	tab.Follow("#ask button.main")
	tab.Wait("the question", "[name=back]")
	tab.Follow("button.main")
	tab.Wait("it to be done", ".done-line")
	if got := w.value("posting.undo"); got.Value != "4m" {
		t.Errorf("it is %s", got.Value)
	}
}
