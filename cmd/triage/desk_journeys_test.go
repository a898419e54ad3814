package main

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"triage/internal/chromium"
)

// practice is a running service with a platform and people, driven in browsers.
type practice struct {
	t    *testing.T
	p    *process
	dir  practiceDir
	sb   box
	page string
	// logins are by name, as they were printed.
	logins map[string]string
}

// openPractice starts a service that goes on alerting into its output. undo is how
// long a reply waits.
func openPractice(t *testing.T, undo string) *practice {
	t.Helper()
	sb := platform(t)
	d := newPractice(t, sb.url, "[alerts]\nterminal = true\n")
	d.edit(t, `undo = "0s"`, `undo = "`+undo+`"`)
	p, first := d.run(t)
	w := &practice{t: t, p: p, dir: d, sb: sb, page: first.base, logins: map[string]string{}}
	for name, role := range map[string]string{"marta": "reviewer", "priya": "reviewer", "dana": "officer"} {
		w.logins[name] = strings.TrimPrefix(strings.TrimSpace(d.does(t, "user", "add", name, "--role", role)), "login=")
	}
	return w
}

// as opens a browser in which somebody is signed in, at the queue.
func (w *practice) as(name string) *chromium.Tab {
	w.t.Helper()
	b := chromium.New(w.t)
	w.signIn(b, name)
	return b
}

func (w *practice) signIn(b *chromium.Tab, name string) {
	w.t.Helper()
	name, password, _ := strings.Cut(w.logins[name], " ")
	b.Open(w.page+"/login", "#password")
	b.Do("sign in", chromedp.SendKeys("#name", name), chromedp.SendKeys("#password", password+"\r"))
	b.Wait("the queue", ".head")
}

// says writes a comment and returns its case's address, once it is there.
func (w *practice) says(text string) string {
	w.t.Helper()
	names := w.dir.names(w.t)
	id := names.ID("facebook", "facebook", w.sb.write(text))
	me := signInAs(w.t, w.page, w.logins["marta"])
	eventually(w.t, 20*time.Second, "the case", func() bool { code, _ := me.get("/cases/" + id); return code == 200 })
	return w.page + "/cases/" + id
}

// replies counts what the practice said on the platform.
func (w *practice) replies() (n int) {
	for _, c := range w.sb.state().Comments {
		n += len(c.Replies)
	}
	return n
}

var alertLink = regexp.MustCompile(`page · .*(http://\S+/cases/[a-z2-7]{20})`)

// TestFromTheAlertToTheReply is the task that a first-time user has at night: she is
// signed in, the alert has a link, and a reply is to go out. At most four actions
// and thirty seconds.
func TestFromTheAlertToTheReply(t *testing.T) {
	w := openPractice(t, "5s")
	b := w.as("marta")
	b.Size(390, 844) // on her phone
	w.sb.write("I took all the pills from my surgery, I cannot breathe, please help")
	var link string
	eventually(t, 20*time.Second, "the alert", func() bool {
		if m := alertLink.FindStringSubmatch(w.p.output()); m != nil {
			link = m[1]
		}
		return link != ""
	})
	began, actions := time.Now(), 0
	act := func(what string, f func()) { t.Helper(); f(); actions++; t.Logf("%d. %s", actions, what) }
	act("opens the link", func() { b.Open(link, `form[action$="/reveal"] button`) })
	b.Is("it says how bad it is", `document.querySelector("h1").textContent.includes("Urgent")`)
	act("reveals the comment", func() { b.Click(`form[action$="/reveal"] button`); b.Wait("the words", ".words") })
	b.Is("she reads it", `document.querySelector(".words").textContent.includes("cannot breathe")`)
	act("approves the suggestion", func() { b.Click("#decide button.main"); b.Wait("the undo bar", `form[action$="/undo"] button`) })
	b.Shoot("task-phone")
	if took := time.Since(began); actions > 4 || took > 30*time.Second {
		t.Errorf("%d actions in %v", actions, took)
	} else {
		t.Logf("%d actions, %v by the machine's hand", actions, took)
	}
	eventually(t, 30*time.Second, "the reply on the platform", func() bool { return w.replies() == 1 })
}

// TestTwoPeopleOnOneCase: both see each other, the faster one decides, the slower one
// is told and keeps what she wrote.
func TestTwoPeopleOnOneCase(t *testing.T) {
	w := openPractice(t, "1h")
	at := w.says("Since the hysterectomy in May I still bleed")
	marta, priya := w.as("marta"), w.as("priya")
	marta.Open(at, "#decide")
	priya.Open(at, "#decide")
	marta.Until("she sees priya", `document.body.innerText.includes("priya")`)
	marta.Press("e")
	marta.Wait("the text", "#f-reply")
	marta.Type("#f-reply", "Thank you for writing. Please call us at (503) 555-0142.")
	priya.Click("#decide button.main")
	priya.Wait("the undo bar", `form[action$="/undo"] button`)
	marta.Until("she is told at once", `/priya/.test(document.querySelector(".news").textContent)`)
	marta.Click("#decide button.main")
	marta.Wait("that somebody was faster", "#notice")
	marta.Is("who it was, and her text is kept", `document.querySelector("main").innerText.includes("priya approved it") && document.querySelector("main").textContent.includes("Please call us at (503) 555-0142.")`)
	marta.Shoot("conflict")
	priya.Press("u")
	priya.Wait("the form again", "#decide")
	if w.replies() != 0 {
		t.Error("something went out that was taken back")
	}
}

// TestKeyboardOnly decides without touching a mouse.
func TestKeyboardOnly(t *testing.T) {
	w := openPractice(t, "2s")
	w.says("Since the hysterectomy in May I still bleed")
	b := w.as("marta")
	defer b.Watch()()
	b.Open(w.page, "a[data-item]")
	b.Press("j")
	b.Is("the first case is chosen", `document.activeElement.matches("a[data-item]")`)
	b.Press("o")
	b.Wait("the case", "#decide")
	b.Press("r")
	b.Wait("the words", ".words mark")
	b.Press("e")
	b.Wait("the text", "#f-reply")
	b.Type("#f-reply", "Your surgery went well.")
	b.Until("the gate objects", `!!document.querySelector("[data-kind=reply].unsafe .problems li")`)
	b.Do("leave the text", chromedp.KeyEvent("\x1b"))
	b.Press("v")
	b.Until("another wording is safe", `document.querySelector("#g-reply").textContent.startsWith("safe")`)
	b.Press("a")
	b.Wait("the undo bar", `form[action$="/undo"] button`)
	b.Press("u")
	b.Wait("the form again", "#decide")
	b.Press("a")
	eventually(t, 30*time.Second, "the reply on the platform", func() bool { return w.replies() == 1 })
}

// TestWithoutJavaScript decides with links and forms alone.
func TestWithoutJavaScript(t *testing.T) {
	w := openPractice(t, "1h")
	w.says("Since the hysterectomy in May I still bleed")
	b := w.as("marta")
	b.NoScript(true)
	b.Open(w.page, "table.cases a[href^='/cases/']")
	b.Click("table.cases a[href^='/cases/']")
	b.Wait("the case", "#decide")
	b.Click(`form[action$="/reveal"] button`)
	b.Wait("the words", ".words mark")
	b.Do("write something unsafe", chromedp.SendKeys("#f-reply", " Your surgery went well."))
	b.Click("#decide button.main")
	b.Wait("the refusal", ".problems q")
	b.Do("take the words out", chromedp.Navigate(w.page))
	b.Click("table.cases a[href^='/cases/']")
	b.Wait("the case", "#decide")
	b.Click("#decide button.main")
	b.Wait("the undo bar", `form[action$="/undo"] button`)
	b.Click(`form[action$="/undo"] button`)
	b.Wait("the form again", "#decide")
}

// TestInSpanish reads the desk in Spanish, where nothing of ours is left in English.
func TestInSpanish(t *testing.T) {
	w := openPractice(t, "1h")
	at := w.says("Since the hysterectomy in May I still bleed")
	b := w.as("marta")
	b.Click(`button[lang=es]`)
	b.Wait("the page in Spanish", "html[lang=es] main")
	b.Axe("html")
	b.Shoot("queue-es")
	b.Open(at, "#decide")
	b.Press("r")
	b.Wait("the words", ".words mark")
	b.Press("e")
	b.Wait("the text", "#f-reply")
	b.Type("#f-reply", "Your surgery went well.")
	b.Until("the gate objects", `!!document.querySelector("[data-kind=reply] .problems li")`)
	b.Axe("html")
	b.Shoot("case-es")
	// What is ours: the page without the comment and without what is typed.
	text := chromium.Value[string](b, `(() => { const m = document.body.cloneNode(true); m.querySelectorAll(".words, .editor, .problems q, .byline, #wordings, .preview, [lang=en]").forEach(x => x.remove()); return m.textContent })()`)
	for _, english := range []string{" the ", " is ", " of ", "comment", "Approve", " and ", "reply", "surgery:"} {
		if i := strings.Index(text, english); i >= 0 {
			t.Errorf("English in a Spanish page: %q", text[max(0, i-60):min(len(text), i+60)])
		}
	}
}

// TestNoOtherHostIsAsked: no page, whoever reads it, asks
// anything of another host.
func TestNoOtherHostIsAsked(t *testing.T) {
	w := openPractice(t, "1h")
	at := w.says("Since the hysterectomy in May I still bleed")
	b := w.as("dana")
	host, err := url.Parse(w.page)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{w.page + "/", at, w.page + "/account", w.page + "/settings", w.page + "/?state=answered"} {
		b.Open(path, "main h1")
		asked := chromium.Value[[]string](b, `performance.getEntriesByType("resource").map(e => new URL(e.name).host)`)
		for _, h := range asked {
			if h != host.Host {
				t.Errorf("%s asks %s", path, h)
			}
		}
		if len(asked) < 2 {
			t.Errorf("%s asks for %d things only: the test is blind", path, len(asked))
		}
	}
}
