package nudge

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"triage/internal/chromium"
)

const (
	disclosure = "Since my hysterectomy I still bleed and the pain in my hip is worse"
	harmless   = "Is there parking behind the new building?"
)

// form is a comment form as WordPress writes it.
const form = `<form action="/wp-comments-post.php" method="post" id="commentform" class="comment-form" novalidate>
<p><label for="comment">Comment</label> <textarea id="comment" name="comment" cols="30" rows="4"></textarea></p>
<p><label for="author">Name</label> <input id="author" name="author"></p>
<p class="form-submit"><input name="submit" type="submit" id="submit" value="Post Comment"><input type="hidden" name="comment_post_ID" value="7"></p></form>`

// page is a page with a body, in a language, and the script.
func page(lang, body string) string {
	return `<!doctype html><html ` + lang + `><head><title>A post</title><meta name="viewport" content="width=device-width"><script src="/nudge.js" data-triage-nudge defer></script></head><body><main><h1>A post</h1>` + body + `</main></body></html>`
}

// in is the path of what a selector finds in the question of a form.
func in(form, sel string) chromedp.JSPath {
	return chromedp.JSPath(fmt.Sprintf(`document.querySelector(%q).querySelector(".triage-nudge").shadowRoot.querySelector(%q)`, form, sel))
}

const (
	boxSel, linkSel, telSel = ".box", ".acts a", "p a"
	editSel, publishSel     = "button", "button:last-child"

	theForm               = "#commentform"
	theText, theClick css = "#comment", "#submit"
)

// css says that a selector is one: without it, "#comment" finds HTML comments.
type css = chromedp.CSS

// told are the words of the question.
func (v *visitor) told() string {
	v.Helper()
	return chromium.Value[string](v.Tab, string(in("form", boxSel))+".innerText")
}

func (v *visitor) asked(what string) {
	v.Helper()
	v.Until(what+": asked", `!!document.querySelector(".triage-nudge")`)
	v.Is(what+": the question has the focus", `document.activeElement.matches(".triage-nudge") && document.activeElement.shadowRoot.activeElement.matches("[role=alertdialog]")`)
}

func (v *visitor) notAsked(what string) {
	v.Helper()
	v.Is(what+": not asked", `!document.querySelector(".triage-nudge")`)
}

// reads lets the visitor look for as long as clicks at once are not believed.
func (v *visitor) reads() {
	v.Helper()
	chromium.Value[bool](v.Tab, `new Promise(done => setTimeout(() => done(true), 650))`)
}

func paste(text string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, input.InsertText, input.InsertTextParams{Text: text})
		return err
	})
}

// received waits for a comment that was sent, and looks at it.
func (s *site) received(v *visitor, text string) {
	v.Helper()
	v.Do("wait for the answer", chromedp.WaitVisible(css("#sent")))
	body := <-s.sent
	if form, err := url.ParseQuery(body); err != nil || form.Get("comment") != text || form.Get("submit") != "Post Comment" {
		v.Errorf("sent %q, want the comment %q and the button", body, text)
	}
	s.silent(v, "one comment")
}

func (s *site) silent(t testing.TB, what string) {
	t.Helper()
	select {
	case body := <-s.sent:
		t.Errorf("%s: sent %q", what, body)
	default:
	}
}

// scene is a visitor at a site.
type scene struct {
	*visitor
	*site
}

func newScene(t *testing.T, p Practice, pages map[string]string) scene {
	t.Helper()
	return scene{newVisitor(t), newSite(t, pages, script(t, p))}
}

// write opens a page and types a comment.
func (s scene) write(path, text string) {
	s.Helper()
	s.Do("write a comment at "+path, chromedp.Navigate(s.URL+path), chromedp.SendKeys(theText, text))
}

// send clicks the form's button.
func (s scene) send() {
	s.Helper()
	s.Do("send it", chromedp.Click(theClick))
}

// choose clicks something in the question, after a look at it.
func (s scene) choose(sel string) {
	s.Helper()
	s.reads()
	s.Do("choose "+sel, chromedp.Click(in(theForm, sel)))
}

func TestTheQuestion(t *testing.T) {
	s := newScene(t, Practice{Private: "/private/", Phone: cedar.Phone, Name: cedar.Name},
		map[string]string{"/post": page(`lang="en-US"`, form), "/private/": "<!doctype html><title>Private form</title><p id=private>Private"})
	defer s.Watch()()
	s.write("/post", harmless)
	s.send()
	s.received(s.visitor, harmless)

	s.write("/post", disclosure)
	s.send()
	s.asked("a disclosure")
	looks(s)
	s.choose(editSel)
	s.notAsked("edited")
	s.Is("the text has the focus", `document.activeElement.id === "comment"`)
	s.Do("change nothing of it but marks", chromedp.SendKeys(theText, " !!"))
	s.send()
	s.received(s.visitor, disclosure+" !!")

	s.write("/post", disclosure)
	s.send()
	s.asked("again after a new page")
	s.reads()
	s.Do("tell more", chromedp.SendKeys(theText, ". My son has asthma and takes steroids"))
	s.send()
	s.asked("more was told")
	s.Do("change it once more", chromedp.SendKeys(theText, " daily"))
	s.choose(publishSel)
	s.received(s.visitor, disclosure+". My son has asthma and takes steroids daily")
}

// looks looks at the question on a screen, a phone and paper.
func looks(s scene) {
	s.Helper()
	s.Shoot("question")
	s.Axe(theForm)
	if told := s.told(); !strings.Contains(told, "This looks like personal medical detail.\n\nComments here are public. Please use our private form or call (503) 555-0142.") ||
		!strings.Contains(told, "Private form – Cedar Family Practice") {
		s.Errorf("told %q", told)
	}
	s.Is("it stands before the button", `document.querySelector(".triage-nudge").nextElementSibling.matches(".form-submit")`)
	s.Is("the text is as it was", fmt.Sprintf(`document.querySelector("#comment").value === %q`, disclosure))
	s.Size(390, 844)
	s.Is("nothing is wider than the phone", `document.documentElement.scrollWidth <= 390`)
	s.Shoot("question-phone")
	s.Media("print", "light")
	s.Is("paper has the advice and no buttons", string(in(theForm, ".acts"))+`.offsetHeight === 0 && `+string(in(theForm, "#why"))+`.offsetHeight > 0`)
	s.Media("screen", "light")
	s.Size(1100, 800)
}

func TestThePrivateForm(t *testing.T) {
	s := newScene(t, Practice{Private: "/private/"},
		map[string]string{"/post": page(`lang="en-US"`, form), "/private/": "<!doctype html><title>Private form</title><p id=private>Private"})
	defer s.Watch()()
	s.Do("paste", chromedp.Navigate(s.URL+"/post"), chromedp.Focus(theText), paste(disclosure))
	s.send()
	s.asked("pasted")
	s.choose(linkSel)
	s.Do("see the private form", chromedp.WaitVisible(css("#private")))
	s.Is("nothing of the text goes along", `location.href === location.origin + "/private/" && document.referrer === ""`)
	s.Do("go back", chromedp.NavigateBack(), chromedp.WaitVisible(theText))
	s.Until("the text is there again", fmt.Sprintf(`document.querySelector("#comment").value === %q`, disclosure))
	s.silent(t, "private")
}

// An impatient hand publishes nothing, and neither do keys that were meant
// otherwise.
func TestByHandAndByKeys(t *testing.T) {
	s := newScene(t, cedar, map[string]string{"/post": page(`lang="en"`, form)})
	defer s.Watch()()
	for what, next := range map[string]string{"the button again": `document.querySelector("#submit")`, "what is there now": string(in(theForm, publishSel)), "the link": string(in(theForm, linkSel))} {
		s.write("/post", disclosure)
		s.Do("click, and at once "+what, chromedp.Evaluate[chromedp.Void](`document.querySelector("#submit").click(); `+next+`.click()`))
		s.asked(what)
		s.silent(t, what)
	}
	s.reads()
	s.send()
	s.received(s.visitor, disclosure) // once is enough

	s.write("/post", disclosure)
	s.Do("by keys: name, enter", chromedp.SendKeys(css("#author"), "Kim"+kb.Enter))
	s.asked("enter")
	s.Do("and enter again, and escape", chromedp.KeyEvent(kb.Enter), chromedp.KeyEvent(kb.Escape))
	s.notAsked("escape")
	s.Do("by keys again", chromedp.KeyEvent(" so"), chromedp.SendKeys(css("#author"), kb.Enter))
	s.asked("another text")
	s.reads()
	for _, sel := range []string{telSel, linkSel, editSel, publishSel} {
		s.Do("tab", chromedp.KeyEvent(kb.Tab))
		s.Is(sel+" has the focus and shows it", `(at => at === `+string(in(theForm, sel))+` && getComputedStyle(at).outlineStyle === "solid" && getComputedStyle(at).outlineWidth === "3px")
			(document.activeElement.shadowRoot.activeElement)`)
	}
	s.Do("publish by keys", chromedp.KeyEvent(kb.Enter))
	s.received(s.visitor, disclosure+" so")
}

// Other scripts send forms too, or send what is in them by themselves.
func TestBesideOtherScripts(t *testing.T) {
	s := newScene(t, cedar, map[string]string{
		"/post":   page(`lang="en"`, form),
		"/plugin": page(`lang="en"`, form+`<script src="/plugin.js"></script><script src="/nudge.js"></script>`), // twice
		"/plugin.js": `window.calls = 0; document.addEventListener("keydown", e => { window.calls += e.key === "Escape" ? 100 : 0; });
			document.querySelector("#submit").addEventListener("click", e => { e.preventDefault(); window.calls++; });
			document.querySelector("#commentform").addEventListener("submit", e => { e.preventDefault(); window.calls++; });`,
	})
	defer s.Watch()()
	s.write("/post", disclosure)
	s.Do("another script sends it", chromedp.Evaluate[chromedp.Void](`document.querySelector("#commentform").requestSubmit()`))
	s.asked("a script")
	s.choose(publishSel)
	s.Do("wait for the answer", chromedp.WaitVisible(css("#sent")))
	if form, _ := url.ParseQuery(<-s.sent); form.Get("comment") != disclosure {
		t.Error("a script's form was not sent")
	}

	s.write("/plugin", disclosure)
	s.send()
	s.asked("before a plugin")
	s.Do("escape", chromedp.KeyEvent(kb.Escape))
	s.notAsked("escape before a plugin")
	s.Is("the plugin has heard nothing", `window.calls === 0`)
	s.write("/plugin", disclosure)
	s.send()
	s.asked("before a plugin again")
	s.choose(publishSel)
	s.Is("the plugin sends it, once", `window.calls === 1`)
	s.write("/plugin", harmless)
	s.send()
	s.Is("the plugin sends what is harmless", `window.calls === 1`)
}

func TestFormsElsewhere(t *testing.T) {
	second := strings.NewReplacer("commentform", "second", `id="comment"`, `id="other"`, `for="comment"`, `for="other"`, `id="submit"`, `id="go"`, "author", "writer").Replace(form)
	s := newScene(t, cedar, map[string]string{
		"/two": page(`lang="en"`, form+second),
		"/outside": page(`lang="en"`, `<form id="commentform" method="post"><textarea id="comment" name="comment" aria-label="Comment"></textarea></form>
			<div><button id="submit" name="submit" value="Post Comment" form="commentform">Post</button></div>`),
	})
	defer s.Watch()()
	s.write("/outside", disclosure)
	s.send()
	s.asked("a button outside")

	s.write("/two", disclosure)
	s.Do("write in the second too", chromedp.SendKeys(css("#other"), disclosure))
	s.send()
	s.asked("the first form")
	s.reads()
	s.Do("send the second", chromedp.Click(css("#go")))
	s.Until("the second form asks too", `document.querySelectorAll(".triage-nudge").length === 2`)
	s.silent(t, "two forms")
}
