package nudge

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"triage/internal/chromium"
)

// What the page around a form says of its language and the practice.
func TestWhatThePageSays(t *testing.T) {
	const plainPage = `<!doctype html><html lang="en"><head><title>A post</title></head><body><main><h1>A post</h1>`
	tagged := func(attributes string) string {
		return plainPage + form + `</main><script src="/nudge.js" data-triage-nudge ` + attributes + `></script>`
	}
	browser := newVisitor(t)
	for name, c := range map[string]struct {
		page, text, lang string
		want, never      []string
	}{
		"Spanish":          {page: page(`lang="es-MX"`, form), text: "Tengo diabetes y me duele mucho la rodilla", lang: "es", want: []string{"Esto parece un dato médico personal.\n", "Use nuestro formulario privado o llame al (503) 555-0142.", "Editar mi comentario", "Publicar de todos modos"}},
		"French":           {page: page(`lang="fr"`, form), text: "J'ai un cancer du sein depuis deux ans", lang: "fr", want: []string{"Ceci ressemble à une information médicale personnelle.\n", "Utilisez plutôt notre formulaire privé ou appelez le (503) 555-0142.", "Publier quand même"}},
		"of the part":      {page: page(`lang="de"`, `<section lang="fr">`+form+`</section>`), text: disclosure, lang: "fr", want: []string{"information médicale"}},
		"another":          {page: page(`lang="de"`, form), text: disclosure, lang: "en", want: []string{"personal medical detail"}},
		"none":             {page: page(``, form), text: disclosure, lang: "en", want: []string{"personal medical detail"}},
		"right to left":    {page: page(`lang="ar" dir="rtl"`, form), text: disclosure, lang: "en", want: []string{"personal medical detail"}},
		"number":           {page: page(`lang="en"`, form), text: "Text 415 555 0199 about the parking permit", lang: "en", want: []string{"This looks like a phone number, an e-mail address or a date of birth."}},
		"number, Spanish":  {page: page(`lang="es"`, form), text: "escríbanme a kim@mail.example", lang: "es", want: []string{"Esto parece un teléfono, un correo"}},
		"attributes":       {page: tagged(`data-private="/private/" data-phone="111" data-name="<b>Oak & Co"`), text: disclosure, lang: "en", want: []string{"or call 111.", "Private form – <b>Oak & Co"}},
		"no form's script": {page: tagged(`data-private="javascript:alert(1)"`), text: disclosure, lang: "en", want: []string{"Please call (503) 555-0142 instead."}, never: []string{"Private form"}},
		"by its address":   {page: plainPage + `<div data-triage-nudge data-phone="666"></div>` + strings.Replace(form, `id="commentform" class="comment-form"`, `id="mine"`, 1) + `</main><script src="/nudge.js"></script>`, text: disclosure, lang: "en", want: []string{"or call (503) 555-0142."}},
		"marked": {page: plainPage + `<div data-triage-nudge data-phone="666"></div>` + strings.NewReplacer(`id="commentform" class="comment-form"`, `id="mine"`, "</form>", `<span hidden data-triage-nudge data-phone="222"></span></form>`, "wp-comments-post", "post").
			Replace(form) + `</main><script src="/nudge.js"></script>`, text: disclosure, lang: "en", want: []string{"or call 222."}},
		"own fields": {page: plainPage + `<form id="ask" method="post" action="/post.php"><div id="comment" contenteditable="true" role="textbox" aria-label="Comment"></div><button id="submit">Post</button></form></main>` +
			`<script src="/nudge.js" data-triage-nudge data-forms="#ask" data-fields="[contenteditable]"></script>`, text: disclosure, lang: "en", want: []string{"personal medical detail"}},
	} {
		t.Run(name, func(t *testing.T) {
			v := &visitor{&chromium.Tab{TB: t, Ctx: browser.Ctx}}
			s := newSite(t, map[string]string{"/post": c.page}, script(t, cedar))
			defer v.Watch()()
			v.Do("write", chromedp.Navigate(s.URL+"/post"), chromedp.SendKeys(theText, c.text), chromedp.Click(theClick))
			v.asked(name)
			told := chromium.Value[string](v.Tab, `document.querySelector(".triage-nudge").shadowRoot.querySelector(".box").innerText`)
			for _, w := range c.want {
				if !strings.Contains(told, w) {
					t.Errorf("%q is missing in %q", w, told)
				}
			}
			for _, w := range c.never {
				if strings.Contains(told, w) {
					t.Errorf("%q is in %q", w, told)
				}
			}
			v.Is("its language", `document.querySelector(".triage-nudge").lang === "`+c.lang+`"`)
			v.Is("it is where the form is, and reads from the left", `(box => getComputedStyle(box).direction === "ltr" && Math.abs(document.dir === "rtl" ?
				innerWidth - box.getBoundingClientRect().right : box.getBoundingClientRect().left) < 20)(document.querySelector(".triage-nudge").shadowRoot.querySelector(".box"))`)
			v.Is("nothing is wider than the page", `document.documentElement.scrollWidth <= innerWidth`)
			v.Axe("form")
			v.Shoot(strings.ReplaceAll(name, " ", "-"))
		})
	}
}

// Whatever is wrong, the form works as ever.
func TestItFailsOpen(t *testing.T) {
	s := newSite(t, map[string]string{
		"/selector": strings.Replace(page(`lang="en"`, form), "data-triage-nudge", `data-triage-nudge data-forms="(("`, 1),
		"/old":      strings.Replace(page(`lang="en"`, form), `<script`, `<script src="/old.js"></script><script`, 1),
		"/other":    page(`lang="en"`, strings.NewReplacer(`id="commentform" class="comment-form"`, "", "wp-comments-post", "search").Replace(form)),
		"/old.js":   `String.prototype.normalize = undefined;`,
	}, script(t, cedar))
	v := newVisitor(t)
	defer v.Watch()()
	for _, path := range []string{"/selector", "/old", "/other"} {
		v.Do(path, chromedp.Navigate(s.URL+path), chromedp.SendKeys(theText, disclosure), chromedp.Click(theClick))
		s.received(v, disclosure)
	}
}
