package review

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"triage/internal/chromium"
	"triage/internal/classify"
	"triage/internal/ingest"
	"triage/internal/respond"
	"triage/internal/settings"
)

// englishWords are frequent in the desk's English, and no words of Spanish.
var englishWords = regexp.MustCompile(`(?i)\b(the|and|this|that|these|with|was|were|which|there|not|of|to|for|from|its?|is|are|been|by|you|your|we|our|they|their|please|what|who|how|why|` +
	`when|then|until|nothing|nobody|somebody|anybody|here|now|today|ago|new|all|out|off|more|than|comments?|reply|replies|answered|cases?|queue|people|settings|approved?|hidden|hide|` +
	`published|practice|privacy|officer|posting|waiting|message|reveal|show|open|undo|sign|name|password|search|days?|hours?|minutes?|seconds?|clear|possible|sent|done|look|read)\b`)

const typedEnglish = "Thank you, " + unsafeWords + " went well."

// notOurs is what a page holds that nobody says in Spanish: what was written, by
// whatever language; names; what a language is called in its own.
var notOurs = strings.NewReplacer(canaryText, "", safeReply, "", "Please call (503) 555-0142.", "", typedEnglish, "", unsafeWords+" went", "", unsafeWords, "", "Cedar Family Practice", "", "dana", "", "lee", "", "Springfield", "",
	"English", "", "New York", "")

// spanish is a browser that asks for Spanish.
func (w *world) spanish(t *testing.T, name string) *browser {
	t.Helper()
	b := w.visit(t)
	if name != "" {
		b = w.as(t, name)
	}
	b.http.Transport = asking{}
	return b
}

type asking struct{}

func (asking) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Accept-Language", "es-MX,es;q=0.9,en;q=0.5")
	return http.DefaultTransport.RoundTrip(r)
}

// isSpanish fails if a page has English that is ours.
func (a answer) isSpanish(t *testing.T, where string) {
	t.Helper()
	if a.location != "" {
		return // nobody reads it
	}
	if strings.Contains(a.header.Get("Content-Type"), "text/html") && !strings.Contains(a.body, `<html lang="es"`) {
		t.Errorf("%s: the page does not say that it is Spanish", where)
	}
	for _, text := range readable(a.body) {
		if word := englishWords.FindString(notOurs.Replace(text)); word != "" {
			t.Errorf("%s: %q in %q", where, word, text)
		}
	}
}

// readable is what somebody reads on a page, or hears. What says that it is in another
// language is none of the page's own.
func readable(body string) (out []string) {
	page, err := html.Parse(strings.NewReader(body))
	if err != nil {
		return []string{"the page cannot be read"}
	}
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode && strings.TrimSpace(n.Data) != "" {
			out = append(out, strings.TrimSpace(n.Data))
		}
		for _, a := range n.Attr {
			switch a.Key {
			case "aria-label", "title", "placeholder", "alt", "data-verb":
				out = append(out, a.Val)
			}
		}
		for c := range n.ChildNodes() {
			if !slices.Contains([]string{"script", "style", "textarea"}, c.Data) && !slices.ContainsFunc(c.Attr, notSaid) {
				walk(c)
			}
		}
	}
	walk(page)
	return out
}

// notSaid marks another language, and what we published, which may be in any.
func notSaid(a html.Attribute) bool {
	return a.Key == "lang" && a.Val != "es" || a.Key == "class" && a.Val == "ours"
}

// everyKind puts a case of every lane, and of every state of an action, on the desk.
func everyKind(t *testing.T, w *world) (ids []string) {
	t.Helper()
	add := func(lane respond.Lane, change func(*respond.Case)) {
		id := fmt.Sprintf("k%d", len(ids))
		w.add(t, id, lane, canaryText, func(c *respond.Case) { c.Judgement.Lang, c.Comment.Platform = "es", "facebook" }, change)
		ids = append(ids, id)
	}
	for _, lane := range respond.Lanes {
		add(lane, func(c *respond.Case) { c.Comment.Own = lane == respond.LaneTakeDown })
	}
	for state, why := range map[respond.State]string{
		respond.Approved: "goes out at 07:00: quiet hours", respond.Sending: "", respond.Sent: "it was sent; the platform reviews it before it shows it",
		respond.Failed: "Facebook asks this Page to call less often; nothing to do, it goes on by itself", respond.Manual: "", respond.Dismissed: "",
		respond.Withdrawn: "the comment was hidden meanwhile", respond.Recorded: "posting is switched off: the decision is recorded and nothing goes out",
	} {
		add(respond.LaneClear, func(c *respond.Case) {
			c.Actions = []respond.Action{{Kind: ingest.Reply, State: state, By: "otto", Why: why, Due: w.now.Add(time.Minute), Done: w.now.Add(-time.Minute)}}
			c.History = append(c.History, respond.Entry{At: w.now.Add(-3 * 24 * time.Hour), By: "otto", Do: "approved", Note: "reply+hide:identifier"},
				respond.Entry{At: w.now, By: respond.Machine, Do: string(state), Note: "reply"})
		})
	}
	for _, why := range []string{classify.NotLanguage, classify.NotMedia, classify.NotPossible, respond.NotHandled} {
		add(respond.LaneLook, func(c *respond.Case) { c.Judgement = classify.Judgement{WhyNot: why, Lang: "tl"} })
	}
	return ids
}

// drawerless is settings.Store that keeps nothing: they are as the file has them.
type drawerless struct{}

func (drawerless) All() []settings.Record { return nil }
func (drawerless) Put(context.Context, settings.Record, uint64) (uint64, error) {
	return 0, settings.ErrConflict
}
func (drawerless) OnChange(func()) {}

// tuned gives the desk the settings of the service, and one that its pages do not know.
func tuned(t *testing.T) func(*Options) {
	t.Helper()
	var list []settings.Setting
	for name, value := range map[string]string{"posting.mode": "shadow", "posting.automatic": "", "review.four_eyes": "false", "posting.undo": "1m", "posting.quiet": "22:00-07:00",
		"posting.thread_cap": "3", "posting.daily_cap": "50", "posting.read_back": "2m", "alerts.lanes": "possible tells", "classify.catch": "98", "classify.terms": "",
		"classify.staff": "", "classify.own": "", "classify.sample": "20", "retention.unflagged": "7d", "retention.decided": "30d"} {
		list = append(list, settings.Setting{Name: name, Default: value, Parse: func(s string) (any, error) {
			if s == "bad" {
				return nil, errors.New("\"bad\" is no number")
			}
			return s, nil
		}})
	}
	all, err := settings.New(drawerless{}, list)
	if err != nil {
		t.Fatal(err)
	}
	return func(o *Options) { o.Settings = all }
}

func TestSpanishPages(t *testing.T) {
	w := newWorld(t, tuned(t))
	ids := everyKind(t, w)
	for _, who := range []string{"", "vic", "rita", "otto", "ada"} {
		b := w.spanish(t, who)
		for _, rt := range w.pages.routes() {
			if method, path := ask(rt); method == "GET" && !strings.Contains(rt.Pattern, "/cases/") && !rt.Data && !strings.HasSuffix(path, ".png") && rt.Pattern != "GET /login/provider" {
				b.get(strings.Replace(path, "{name}", "rita", 1)).isSpanish(t, who+" "+path)
			}
		}
	}
	b := w.spanish(t, "ada")
	for _, id := range ids {
		b.get("/cases/"+id).isSpanish(t, id+", covered")
		b.post("/cases/" + id + "/reveal")
		b.get("/cases/"+id).isSpanish(t, id+", revealed")
	}
	for _, l := range w.opts.Settings.List() {
		b.get("/settings/"+l.Name).see(t, http.StatusOK).isSpanish(t, l.Name)
		b.post("/settings/"+l.Name, "value", "bad", "version", "0").isSpanish(t, l.Name+", refused")
	}
	for _, q := range []string{"/?state=going", "/?state=answered", "/?state=dismissed", "/?lane=urgent", "/?page=2", "/cases/none", "/none", "/settings/none", "/people/rita", "/people/none"} {
		b.get(q).isSpanish(t, q)
	}
}

func TestSpanishAnswers(t *testing.T) {
	w := newWorld(t)
	w.add(t, "c1", respond.LaneClear, canaryText, func(c *respond.Case) { c.Judgement.Lang = "es" })
	b := w.spanish(t, "otto")
	b.post("/cases/c1/reveal")
	b.post("/cases/c1/approve", "step", "1", "reply", typedEnglish).see(t, 422, "paciente").isSpanish(t, "refused")
	b.post("/cases/c1/check", "kind", "reply", "text", "We saw "+unsafeWords).see(t, 200, "le dice a todo el mundo", unsafeWords)
	for where, form := range map[string][]string{
		"nothing": {"step", "1"}, "no reason to hide": {"step", "1", "reply", safeReply, "hide", "on"}, "overtaken": {"step", "99", "reply", safeReply},
	} {
		b.post("/cases/c1/approve", form...).isSpanish(t, where)
	}
	b.post("/cases/c1/approve", "step", "1", "reply", safeReply)
	for _, act := range []string{"undo", "handle", "dismiss", "takedown", "label", "note", "assign", "outcome", "override"} {
		b.post("/cases/c1/"+act, "step", "1").isSpanish(t, act)
	}
	b.get("/cases/c1").isSpanish(t, "history")
	w.spanish(t, "vic").post("/cases/c1/approve", "step", "1").see(t, http.StatusForbidden).isSpanish(t, "role")
	b.do(foreign(b)).isSpanish(t, "foreign")
	w.spanish(t, "").post("/login", "name", "otto", "password", "wrong").isSpanish(t, "wrong password")
}

// Each act of the office, and what its page says then.
func TestSpanishOffice(t *testing.T) {
	w := newWorld(t, tuned(t))
	w.add(t, "c1", respond.LaneClear, canaryText)
	w.add(t, "c2", respond.LaneUrgent, canaryText)
	b := w.spanish(t, "ada")
	b.get("/account/app")
	for _, act := range [][]string{
		{"/people", "name", "7up", "role", "reviewer"}, {"/people", "name", "nina"}, {"/people", "name", "rita", "role", "reviewer"}, {"/people", "name", "nina", "role", "reviewer"},
		{"/people/rita/role", "role", "viewer"}, {"/people/rita/link"}, {"/people/rita/second"}, {"/people/rita/sessions"}, {"/people/rita/out"}, {"/people/rita/link"}, {"/people/rita/in"},
		{"/people/ada/out"}, {"/people/none/out"}, {"/together/dismiss", "case", "c1@zz", "case", "c2@zz"}, {"/together/undo", "case", "c1", "case", "c2"}, {"/together/dismiss", "case", "c1"},
		{"/account/password", "old", "wrong", "password", "short"}, {"/account/password", "old", secret, "password", "short"}, {"/account/sessions/end"}, {"/account/app", "code", "000000"}, {"/account/codes"}, {"/account/app/remove"}, {"/account/prove", "password", "wrong"},
	} {
		got := b.post(act[0], act[1:]...)
		if got.status >= http.StatusInternalServerError {
			t.Errorf("%v: %d", act, got.status)
		}
		if got.isSpanish(t, act[0]); got.location != "" {
			b.get(got.location).isSpanish(t, act[0]+" leads to "+got.location)
		}
	}
}

// The same in a real browser, with what scripts say while somebody types.
func TestACaseInSpanish(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped 1 test in a browser: short")
	}
	w := newWorld(t, func(o *Options) { o.Now = time.Now })
	w.add(t, "c1", respond.LaneClear, canaryText, func(c *respond.Case) {
		c.Judgement.Lang, c.Judgement.Reasons[0].Why = "es", "names an operation or treatment, of oneself"
	})
	b := caseTab(t, w, "otto")
	defer b.Watch()()
	b.Click(".tongues button[value=es]")
	b.Wait("the queue in Spanish", `html[lang=es] main`)
	spoken := func(where string) {
		t.Helper()
		answer{body: chromium.Value[string](b.Tab, `document.documentElement.outerHTML`)}.isSpanish(t, where)
	}
	b.at("c1")
	b.Press("r")
	b.Wait("the words", ".words mark")
	b.Press("e")
	b.Type("#f-reply", "Gracias, su cirugía salió muy bien.")
	b.Wait("the problem beside the words", "[data-kind=reply] .problems li q")
	b.Until("it says so", `document.querySelector("#g-reply").textContent.startsWith("Todavía no se puede publicar")`)
	spoken("while typing")
	b.everywhere("case-spanish")
	b.Click("#wording")
	b.Until("it is safe", `document.querySelector("#g-reply").textContent.startsWith("se puede publicar")`)
	b.Press("a")
	b.Wait("the countdown", "[data-verb]")
	b.Until("it counts", `/^Sale en [0-9]+ segundos/.test(document.querySelector("[data-verb]").textContent)`)
	spoken("approved")
	b.everywhere("case-spanish-approved")
}

func foreign(b *browser) *http.Request {
	r := b.request("POST", "/cases/c1/undo")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	return r
}

// Who chose a language on this browser has it, whatever the browser asks for; a page
// says in which it is.
func TestTheReadersLanguage(t *testing.T) {
	w := newWorld(t)
	b := w.as(t, "rita")
	b.get("/").see(t, 200, `<html lang="en"`)
	back := b.post("/language", "lang", "es", "next", "/cases/c1")
	if back.status != http.StatusSeeOther || back.location != "/cases/c1" {
		t.Errorf("%d %q", back.status, back.location)
	}
	b.get("/").see(t, 200, `<html lang="es"`).isSpanish(t, "chosen")
	for _, next := range []string{"https://elsewhere.example/", "//elsewhere.example", `/\elsewhere.example`} {
		if got := b.post("/language", "lang", "xx", "next", next); strings.Contains(got.location, "elsewhere") {
			t.Errorf("%q leads to %q", next, got.location)
		}
	}
	b.get("/").see(t, 200, `<html lang="en"`)
	asked := w.spanish(t, "rita")
	asked.get("/").see(t, 200, `<html lang="es"`)
	asked.post("/language", "lang", "en", "next", "/")
	asked.get("/").see(t, 200, `<html lang="en"`)
}
