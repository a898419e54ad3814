package review

import (
	"iter"
	"sync"
	"testing"
	"time"

	"triage/internal/chromium"
	"triage/internal/ingest"
	"triage/internal/respond"
)

// seats are who looks at which case, in one process.
type seats struct {
	mu   sync.Mutex
	here map[string]map[string]time.Time
}

func (s *seats) Enter(id, user string) func() { s.Pass(id, user); return func() {} }

func (s *seats) Pass(id, user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.here == nil {
		s.here = map[string]map[string]time.Time{}
	}
	if s.here[id] == nil {
		s.here[id] = map[string]time.Time{}
	}
	if s.here[id][user].IsZero() {
		s.here[id][user] = time.Now()
	}
}

func (s *seats) Here(id string) iter.Seq2[string, time.Time] {
	return func(yield func(string, time.Time) bool) {
		s.mu.Lock()
		defer s.mu.Unlock()
		for user, at := range s.here[id] {
			if !yield(user, at) {
				return
			}
		}
	}
}

// atCase is a browser in which somebody is signed in, and looks at cases.
type atCase struct {
	*chromium.Tab
	w *world
}

func caseTab(t *testing.T, w *world, name string) *atCase {
	t.Helper()
	b := &atCase{chromium.New(t), w}
	b.Size(1200, 900)
	b.Open(w.server.URL, "#password")
	b.Type("#name", name)
	b.Type("#password", secret+"\r")
	b.Wait("the queue", "main .head, main .counts, main #q-head")
	return b
}

// at opens a case.
func (b *atCase) at(id string) {
	b.Helper()
	b.Open(b.w.server.URL+"/cases/"+id, "#said")
}

// fits fails if something is wider than the phone.
func (b *atCase) fits() {
	b.Helper()
	b.Is("nothing is wider than the screen", `document.documentElement.scrollWidth <= innerWidth`)
}

// everywhere looks at a page wide, on a phone and in the dark, and holds it against
// axe-core each time.
func (b *atCase) everywhere(name string) {
	b.Helper()
	b.Shoot(name)
	b.Axe("html")
	b.Size(390, 844)
	b.fits()
	b.Is("everything is large enough to touch", `[...document.querySelectorAll("main button, main select, main summary, main a.plain, main .tick")]
		.every(el => !el.checkVisibility() || el.getBoundingClientRect().height >= 43.5)`)
	b.Shoot(name + "-phone")
	b.Dark(true)
	b.Axe("html")
	b.Shoot(name + "-phone-dark")
	b.Size(1200, 900)
	b.Shoot(name + "-dark")
	b.Dark(false)
}

// TestACaseFromTheAlertToTheUndo is the journey of a front desk: reveal, an edit that
// is refused while it is written and when it is approved, mended, approved, undone.
func TestACaseFromTheAlertToTheUndo(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped 1 test in a browser: short")
	}
	w := newWorld(t, func(o *Options) { o.Now = time.Now })
	furnish(t, w)
	b := caseTab(t, w, "otto")
	defer b.Watch()()
	b.at("story")
	b.Is("nothing of the comment is there", `!document.body.textContent.includes("gallbladder")`)
	b.everywhere("case-masked")
	b.Press("r")
	b.Wait("the words", ".words mark")
	b.everywhere("case-revealed")

	b.Press("e")
	b.Is("the text has the focus", `document.activeElement.id === "f-reply"`)
	b.Type("#f-reply", "We hope your surgery went well. Please call us.")
	b.Wait("the problem beside the words", "[data-kind=reply] .problems li q")
	b.Until("the words are underlined", `document.querySelector("[data-kind=reply] .under mark").textContent.length > 0`)
	b.Is("it says which words", `document.querySelector("#stops").textContent.includes("The reply is stopped by “hope your surgery went well”")`)
	b.Is("it shows how it would look", `document.querySelector("[data-kind=reply] .looks").textContent.startsWith("We hope your surgery")`)
	b.everywhere("case-typing")
	b.Click("button.main[data-key=a]")
	b.Wait("the refusal", "#notice")
	b.Is("the text is kept", `document.querySelector("#f-reply").value === "We hope your surgery went well. Please call us."`)
	b.Until("the words are underlined again", `!!document.querySelector("[data-kind=reply] .under mark")`)
	b.everywhere("case-refused")
	b.Press("v")
	b.Until("it is safe", `document.querySelector("#g-reply").textContent.startsWith("safe")`)
	b.Is("nothing is wrong any more", `!document.querySelector("[data-kind=reply] .problems li") && !document.querySelector("#stops").textContent.trim()`)
	b.decideByKeys()
}

// decideByKeys approves, takes it back, and decides otherwise.
func (b *atCase) decideByKeys() {
	b.Helper()
	b.Press("a")
	b.Wait("the countdown", "#bar [data-goes]")
	b.Until("the seconds go down", `/^Goes out in [1-5]?\d seconds\.$/.test(document.querySelector("[data-goes]").textContent)`)
	b.everywhere("case-approved")
	b.Size(390, 500)
	b.Do("scroll to the end", evaluate(`scrollTo(0, document.body.scrollHeight)`))
	b.Is("the undo stays in sight", `document.querySelector("#bar button").getBoundingClientRect().top >= 0 && document.querySelector("#bar button").getBoundingClientRect().bottom <= innerHeight`)
	b.Size(1200, 900)
	b.Press("j")
	b.Wait("the next case, and the undo of the one before", `#bar .quiet`)
	b.Is("it is another case", `!location.pathname.endsWith("/story")`)
	b.Shoot("case-next")
	b.Press("u")
	b.Wait("the form again", "#decide")
	b.Is("it is the case from before", `location.pathname.endsWith("/story") && document.querySelector(".history").textContent.includes("took the decision back")`)
	b.Press("n")
	b.Wait("the decision", ".done")
	b.Press("u")
	b.Wait("the form again", "#decide")
	b.Press("m")
	b.Wait("it is hers", ".team button[value='']")
	b.Press("p")
	b.Wait("only the message goes out", ".done")
	b.Is("no public reply", `![...document.querySelectorAll(".done b")].some(e => e.textContent === "Public reply")`)
	b.Press("u")
	b.Wait("the form again", "#decide")
	b.Press("h")
	b.Is("hiding asks for its reason", `document.activeElement.id === "reason" && document.querySelector("[name=hide]").checked`)
	b.Do("choose", evaluate(`document.querySelector("#reason").value = "identifier"; document.activeElement.blur()`))
	b.Press("h")
	b.Wait("the decision", ".done")
	b.Is("it hides, and says why", `document.querySelector(".done").textContent.includes("Hiding the comment") && document.querySelector(".done").textContent.includes("phone number")`)
	b.Press("u")
	b.Wait("the form again", "#decide")
}

// TestTwoPeopleOnOneCase see each other, and the slower one is told.
func TestTwoPeopleOnOneCase(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped 1 test in a browser: short")
	}
	w := newWorld(t, func(o *Options) { o.Now, o.Presence = time.Now, &seats{} })
	furnish(t, w)
	rita, otto := caseTab(t, w, "rita"), w.as(t, "otto")
	defer rita.Watch()()
	rita.at("story")
	otto.get("/cases/story").see(t, 200, "rita is looking at this too, since ")
	rita.Until("she sees him", `document.querySelector("#here").textContent.startsWith("otto is looking at this too, since")`)
	rita.everywhere("case-two")
	rita.Press("e")
	rita.Type("#f-reply", "Please call us, we are glad to help.")
	otto.post("/cases/story/approve", "step", "1", "reply", safeReply)
	rita.Until("she is told before she decides", `document.querySelector(".news").textContent.includes("otto approved it at")`)
	rita.Click("button.main[data-key=a]")
	rita.Wait("who was faster", "#notice")
	rita.Is("it says who", `document.querySelector("#notice").textContent.includes("otto approved it at")`)
	rita.Is("her text is kept", `document.querySelector("#yours").textContent.includes("Please call us, we are glad to help.")`)
	rita.everywhere("case-overtaken")
}

// TestWhatIsTypedStays: what is done beside a text that is being written does not
// touch it, and a note is gated too.
func TestWhatIsTypedStays(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped 1 test in a browser: short")
	}
	w := newWorld(t, func(o *Options) { o.Now = time.Now })
	furnish(t, w)
	b := caseTab(t, w, "rita")
	defer b.Watch()()
	b.at("story")
	b.Press("e")
	b.Type("#f-reply", "Please call us, half written")
	b.Press("\x1b")
	b.Press("r")
	b.Wait("the words", ".words mark")
	const kept = `document.querySelector("#f-reply").value === "Please call us, half written"`
	b.Is("the text is there", kept)
	b.Press("m")
	b.Wait("it is hers", ".team button[value='']")
	b.Is("the text is there", kept)
	b.Type("#f-note", "Her gallbladder still hurts, who calls?")
	b.Wait("the gate speaks", "#team .problems li")
	b.Click("#team .notes button")
	b.Wait("the refusal", "#notice")
	b.Is("both texts are there", kept+` && document.querySelector("#f-note").value.includes("who calls?")`)
	b.everywhere("case-note-refused")
	b.Type("#f-note", "Marta calls tomorrow morning.")
	b.Click("#team .notes button")
	b.Wait("the note", "#team .note")
	b.Is("the text is there", kept)
	b.Is("the history tells", `document.querySelector("#history").textContent.includes("rita left a note.")`)
	b.everywhere("case-note")
	b.Media("print", "light")
	b.Is("a print has no words of anybody", `[...document.querySelectorAll(".words, .byline, .ours, textarea, .looks, .note, .problems, #f-reply, #f-note")].every(el => !el.checkVisibility())`)
	b.Is("and says what it is", `document.querySelector("p.print").checkVisibility() && document.querySelector("#history").checkVisibility()`)
	b.Shoot("case-print")
}

// TestTheSampleTakesTwoKeys each: reveal, and no.
func TestTheSampleTakesTwoKeys(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped 1 test in a browser: short")
	}
	w := newWorld(t, func(o *Options) { o.Now = time.Now })
	sampled(t, w, "s1", "s2", "s3")
	b := caseTab(t, w, "rita")
	defer b.Watch()()
	b.at("s1")
	b.everywhere("case-sample")
	b.Press("r")
	b.Wait("the words", ".words")
	b.everywhere("case-sample-revealed")
	b.Press("n")
	b.Wait("the next one", "#bar .quiet")
	b.Is("the one before can be taken back", `document.querySelector("#bar").textContent.includes("rightly not flagged")`)
	b.Press("r")
	b.Wait("the words", ".words")
	b.Press("y")
	b.Wait("what it is", "input[value=clear]")
	b.everywhere("case-sample-missed")
}

// TestOtherCases looks at the states that a day does not show.
func TestOtherCases(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped 1 test in a browser: short")
	}
	w := newWorld(t, func(o *Options) { o.Now = time.Now })
	furnish(t, w)
	thread(t, w)
	long := w.opts.Desk.Accounts["cedar"].Actor.(hand)
	long.limit, long.display = 280, ingest.Display{Mention: true, Link: 26, Note: "On X a link counts 23 characters, however long it is."}
	w.opts.Desk.Accounts["short"] = respond.Account{Actor: long, Lang: "en"}
	w.add(t, "short", respond.LaneClear, "…", func(c *respond.Case) { c.Comment.Account, c.Comment.Platform = "short", "x" })
	b := caseTab(t, w, "otto")
	defer b.Watch()()
	for _, id := range []string{"urgent", "ours", "tagalog", "child", "sent", "talk-2"} {
		b.at(id)
		b.everywhere("case-" + id)
	}
	b.at("short")
	b.Press("e")
	b.Type("#f-reply", "Thank you for writing. Please call (503) 555-0142 or look at https://cedar.example/talk/to/us/in/private/please. "+
		"We are glad to help you in private, at any time of the day, and as long as it takes. We are glad to help you in private, at any time of the day, and as long as it takes. We are glad to help.")
	b.Until("it is too long", `document.querySelector("[data-kind=reply] .left").textContent.endsWith("too many")`)
	b.everywhere("case-too-long")
	b.Open(w.server.URL+"/cases/none", ".lead")
	b.Shoot("message")
}
