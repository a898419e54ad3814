package review

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"triage/internal/alert"
	"triage/internal/alert/roster"
	"triage/internal/chromium"
)

// calledWorld is a desk by a real clock, whose open pages are told of a change by wake.
func calledWorld(t *testing.T) (w *world, wake func()) {
	t.Helper()
	zone, err := time.LoadLocation("America/Los_Angeles")
	keep(t, err)
	w = newWorld(t, func(o *Options) {
		o.Now, o.Calls.Now, o.OnChange = time.Now, time.Now, func(f func()) { wake = f }
		o.Calls.Base.Zone = zone
		o.Calls.Base.Rotations[0].Start = time.Now().Add(-9 * 24 * time.Hour).Truncate(time.Hour)
		o.Calls.Base.Holidays = map[roster.Date]string{roster.DateOf(time.Now().In(zone).AddDate(0, 0, 3)): "Thanksgiving"}
	})
	furnish(t, w)
	return w, wake
}

// callTab is a browser in which somebody is signed in.
func callTab(t *testing.T, w *world, name string) *atCase {
	t.Helper()
	b := caseTab(t, w, name)
	b.Prefix = "call-"
	return b
}

// TestACallAtNight is what happens on a phone when an alert calls: it appears over the
// page that is read, moves nothing, and is answered without leaving it.
func TestACallAtNight(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped 1 test in a browser: short")
	}
	w, wake := calledWorld(t)
	b := callTab(t, w, "rita")
	defer b.Watch()()
	b.Size(390, 844)
	b.at("story")
	b.Press("e")
	b.Type("#f-reply", "Please call us, half written")
	const where = `document.querySelector("#f-reply").getBoundingClientRect().top`
	before := chromium.Value[float64](b.Tab, where)
	urgentCall(t, w)
	wake()
	b.Until("the call appears", `document.querySelector("#call").checkVisibility() && document.querySelector("#call").textContent.includes("rita is being called: somebody may need help now, Facebook cedar, since")`)
	if after := chromium.Value[float64](b.Tab, where); after != before {
		t.Errorf("the page moved from %v to %v", before, after)
	}
	b.Is("the focus stays", `document.activeElement.id === "f-reply"`)
	b.fits()
	b.Is("its button is in sight, and large enough", `(r => r.top >= 0 && r.bottom <= innerHeight && r.height >= 43.5)(document.querySelector("#call .one button").getBoundingClientRect())`)
	b.Shoot("appears")
	b.Axe("html")
	b.Click("#call .one button")
	b.Until("it says so", `document.querySelector("#call").textContent.includes("You are on it.")`)
	b.Is("what was typed is there", `document.querySelector("#f-reply").value === "Please call us, half written"`)
	b.Shoot("answered")
	if a := w.opts.Calls.Acks.All(); len(a) != 1 || a[0].By != "rita" {
		t.Errorf("acknowledged: %+v", a)
	}
	b.Open(b.w.server.URL+"/on-call", ".calls")
	b.Is("she is on it", `document.querySelector(".on-it").textContent.startsWith("You are on it, since")`)
	b.everywhere("mine")
}

// TestACallOnEveryPage is seen by who comes to a page while it lasts, and without script
// she comes back to where she was.
func TestACallOnEveryPage(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped 1 test in a browser: short")
	}
	w, wake := calledWorld(t)
	told := urgentCall(t, w)
	b, otto := callTab(t, w, "rita"), w.as(t, "otto")
	defer b.Watch()()
	b.Open(w.server.URL+"/?lane=clear", "#call .one button")
	b.everywhere("queue")
	b.Open(w.server.URL+"/account", "#call .one button")
	b.Is("it is above the page", `document.querySelector("#call").getBoundingClientRect().bottom < document.querySelector("main").getBoundingClientRect().top`)
	b.Open(w.server.URL+"/?lane=clear", "#call .one button")
	otto.post("/on-call/acknowledge", "alert", onIt)
	wake()
	b.Until("she is told that somebody is on it", `document.querySelector("#call").textContent.includes("Somebody is on it, or it is over.")`)
	b.Is("the page did not move", `document.querySelector("#call").checkVisibility()`)
	told.Round, told.Lines = 1, map[string]alert.Heard{"sms": {Person: "rita", Channel: "sms", Round: 1, Tried: time.Now(), Tries: 1, Why: "the number does not exist"}}
	keep(t, w.opts.Calls.Memory.Put(t.Context(), told))
	wake()
	b.Until("it calls again, and nobody hears", `document.querySelector("#call.unheard").textContent.includes("Nobody has been reached yet: somebody may need help now")`)
	b.everywhere("unheard")

	b.NoScript(true)
	b.Open(w.server.URL+"/cases/story", "#call .one button")
	b.Follow("#call .one button")
	b.Wait("the case", "#said")
	b.Is("she is back on the case", `location.pathname === "/cases/story" && !document.querySelector("#call").checkVisibility()`)
	b.NoScript(false)
}

// TestSeveralCallOnAPhone: saying that one is on it shows at once that it counted, and what
// is left; one tap more is for all of it.
func TestSeveralCallOnAPhone(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped 1 test in a browser: short")
	}
	w, wake := calledWorld(t)
	told := urgentCall(t, w)
	alsoCalls(t, w, told, "oak", "elm")
	b := callTab(t, w, "rita")
	defer b.Watch()()
	b.Open(w.server.URL+"/?lane=clear", "#call .every button")
	b.everywhere("several")
	b.Size(390, 844)
	const large = `[...document.querySelectorAll(".top a, .top button, #call button, #call a")].every(el => !el.checkVisibility() || el.getBoundingClientRect().height >= 43.5)`
	b.Is("all of it is large enough to touch", large)
	b.fits()
	b.Click("#call .one button")
	b.Until("it says that one is taken, and what is left", `document.querySelector("#call .took").textContent === "You are on that one. 2 calls still wait for an answer:" &&
		document.querySelector("#call strong").textContent.includes("Google") && document.querySelector("#call .every button").textContent === "I’m on all 2"`)
	b.Axe("html")
	b.Shoot("several-left")
	b.Press("\t")
	b.Is("the next key leads to all of it", `document.activeElement === document.querySelector("#call .every button")`)
	b.Press("\r")
	b.Until("it says so", `document.querySelector("#call.calm strong").textContent === "You are on it. Nobody else is called about it, unless more comes."`)
	b.Is("the focus is not lost", `document.activeElement === document.querySelector("#call a")`)
	if n := len(w.opts.Calls.Acks.All()); n != 3 {
		t.Errorf("%d acknowledged", n)
	}
	told.Round = 1
	keep(t, w.opts.Calls.Memory.Put(t.Context(), told))
	wake()
	b.Until("what comes anew is alone", `document.querySelector("#call .one button").textContent === "I’m on it" && !document.querySelector("#call .every").checkVisibility() && document.querySelector("#call .took").textContent === ""`)
}

// TestTheTimeLeftGoesOn while the page is open.
func TestTheTimeLeftGoesOn(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped 1 test in a browser: short")
	}
	w, _ := calledWorld(t)
	told := urgentCall(t, w)
	b := callTab(t, w, "rita")
	told.Stepped = time.Now().Add(-5*time.Minute + 95*time.Second)
	keep(t, w.opts.Calls.Memory.Put(t.Context(), told))
	b.Open(w.server.URL+"/on-call", ".next")
	b.Is("two minutes are left", `document.querySelector(".next [data-in]").textContent === "in 2 minutes"`)
	b.Until("one is", `document.querySelector(".next [data-in]").textContent === "in 1 minute"`)
}

// TestTwoAnswer: the slower one is told who has it, with a script and without.
func TestTwoAnswer(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped 1 test in a browser: short")
	}
	w, _ := calledWorld(t)
	urgentCall(t, w)
	b, otto := callTab(t, w, "rita"), w.as(t, "otto")
	defer b.Watch()()
	b.Open(w.server.URL+"/account", "#call .one button")
	otto.post("/on-call/acknowledge", "alert", onIt)
	b.Click("#call .one button")
	b.Until("she is told who", `document.querySelector("#call").textContent.includes("otto was faster: she is on it since")`)
	keep(t, w.opts.Calls.Acks.Delete(t.Context(), "cases/urgent/cedar"))
	b.NoScript(true)
	b.Open(w.server.URL+"/cases/story", "#call .one button")
	otto.post("/on-call/acknowledge", "alert", onIt)
	b.Follow("#call .one button")
	b.Wait("the on-call page", ".calls .notice a")
	b.Is("it says who, and leads back", `document.querySelector(".calls .notice").textContent.includes("otto was faster") && document.querySelector(".calls .notice a").getAttribute("href") === "/cases/story"`)
	b.NoScript(false)
	b.everywhere("slower")
}

// TestTheOnCallPage is read by the front desk, changed by who takes over, and tried by IT.
func TestTheOnCallPage(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped 1 test in a browser: short")
	}
	w, wake := calledWorld(t)
	b := callTab(t, w, "otto")
	defer b.Watch()()
	b.Open(w.server.URL+"/on-call", ".calls")
	b.Is("it says where one is", `document.querySelector(".oncall").getAttribute("aria-current") === "page"`)
	b.everywhere("quiet")
	urgentCall(t, w)
	troubles(t, w)
	wake()
	b.Until("it says that it changed", `document.querySelector(".news").textContent.includes("Something changed.")`)
	b.Follow(".news a")
	b.Wait("what is wrong", ".trouble-card.urgent")
	b.everywhere("wrong")

	b.Click("#take summary")
	b.Do("choose", evaluate(`document.querySelector("[name=person]").value = "lee"`))
	b.everywhere("take")
	b.Do("an end before the beginning", evaluate(`document.querySelector("[name=until]").value = "2020-01-01T10:00"`))
	b.Follow("#take button")
	b.Wait("what is wrong with it", "#trouble")
	b.Is("what was typed is there", `document.querySelector("[name=person]").value === "lee" && document.querySelector("[name=until]").value === "2020-01-01T10:00"`)
	b.everywhere("take-refused")
	b.Do("an end after it", evaluate(fmt.Sprintf(`document.querySelector("[name=until]").value = %q`, time.Now().In(w.opts.Calls.Base.Zone).Add(5*time.Hour).Format("2006-01-02T15:04"))))
	b.Follow("#take button")
	b.Wait("it to be done", ".done-line")
	b.Is("lee is on call", `document.querySelector(".duties .person").textContent === "lee" && document.querySelector(".oncall").textContent.startsWith("On call: lee until")`)
	b.everywhere("taken")
	b.Follow(".taken button")
	b.Wait("it to be done", ".done-line")
	b.Is("it is given back", `document.querySelector(".duties .person").textContent !== "lee"`)

	b.Follow(`#channels li:first-child button`)
	b.Wait("what became of the test", ".done-line")
	b.Is("it says so", `document.querySelector(".done-line").textContent.includes("The test by text message was sent.")`)
	b.Follow(`#channels li:first-child button`)
	b.Wait("the refusal", ".narrow")
	b.Is("it says why", `document.body.textContent.includes("less than a minute ago")`)
	w.wire("slack").fail = &alert.Failure{Why: "Twilio did not answer in time: it is tried again; if it lasts, check the network and the address"}
	b.Open(w.server.URL+"/on-call", ".calls")
	b.Follow(`#channels li:nth-child(3) button`)
	b.Wait("what became of the test", ".calls .notice")
	b.Is("it says why not", `document.querySelector(".calls .notice").textContent.startsWith("The test by Slack did not arrive: Twilio did not answer in time")`)
	b.Open(w.server.URL+"/on-call", ".calls")
	b.Follow(`.tongues [lang=es]`)
	b.Wait("the page in Spanish", "html[lang=es] .calls")
	b.everywhere("spanish")
}

// TestNobodyCanBeCalled is said first, in red.
func TestNobodyCanBeCalled(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped 1 test in a browser: short")
	}
	w, _ := calledWorld(t)
	fails(t, w.opts.Calls, "sms", "voice", "slack")
	b := callTab(t, w, "rita")
	defer b.Watch()()
	b.Open(w.server.URL+"/on-call", ".danger-line")
	b.everywhere("nobody")
	nights(w.opts.Calls)
	w.opts.Calls.States = &states{kept[alert.State]{key: func(s alert.State) string { return s.Channel }}}
	b.Open(w.server.URL+"/on-call", ".calls")
	b.everywhere("gaps")
	if got := w.as(t, "vic").get("/on-call"); got.status != http.StatusOK {
		t.Errorf("%d", got.status)
	}
}
