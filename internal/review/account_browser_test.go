package review

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"triage/internal/chromium"
	"triage/internal/people"
)

// accountTab is a browser at a desk that is reached by a name, with a device that can
// keep passkeys.
func accountTab(t *testing.T, change ...func(*Options)) (*atCase, *book) {
	t.Helper()
	w, kept := accountWorld(t, append([]func(*Options){func(o *Options) { o.Now = time.Now; o.People.Now = time.Now }}, change...)...)
	w.server.URL = strings.Replace(w.server.URL, "127.0.0.1", "localhost", 1)
	keys, err := people.NewPasskeys(w.opts.People, w.server.URL, w.opts.Practice)
	if err != nil {
		t.Fatal(err)
	}
	w.pages.account.Keys = keys
	b := &atCase{chromium.New(t), w}
	b.Prefix = "account-"
	b.Open(w.server.URL+"/login", "#password")
	if _, err := chromedp.Call(b.Ctx, webauthn.Enable, webauthn.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	_, err = chromedp.Call(b.Ctx, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
		HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true}})
	if err != nil {
		t.Fatal(err)
	}
	return b, kept
}

// A new colleague: from the link that she was given, by a passkey, to the queue, out
// and in again.
func TestFromTheLinkToAPasskey(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped 1 test in a browser: short")
	}
	b, kept := accountTab(t, required)
	defer b.Watch()()
	code, err := b.w.opts.People.Invite(t.Context(), "rita")
	if err != nil {
		t.Fatal(err)
	}
	b.everywhere("sign-in")
	b.Type("#name", "rita")
	b.Type("#password", "not-hers-not-hers\r")
	b.Wait("the refusal", ".narrow > .notice")
	b.everywhere("sign-in-refused")

	b.Open(b.w.server.URL+"/welcome", "#invited")
	b.everywhere("link-without-code")
	b.Do("forget the page", chromedp.Navigate("about:blank"))
	b.Open(people.Link(b.w.server.URL, code), "#password")
	b.Is("the code is in the form, and not in the address", `document.querySelector("[name=code]").value.length === 29 && location.hash === "" && !location.href.includes("#")`)
	b.Is("she learns her name", `document.querySelector("main").textContent.includes("rita")`)
	b.everywhere("link")
	b.Click("[data-show]")
	b.Is("it can be shown", `document.querySelector("#password").type === "text"`)
	b.Type("#password", chosen+"\r")
	b.Wait("the second step", "[data-new]")
	b.everywhere("second-step")
	b.Click("[data-new] button")
	b.Wait("the recovery codes", ".recovery li:nth-child(10)")
	b.everywhere("recovery-codes")
	b.Media("print", "light")
	b.Is("they are printed", `[...document.querySelectorAll(".recovery code")].every(c => c.checkVisibility()) && !document.querySelector("footer").checkVisibility()`)
	b.Shoot("recovery-codes-print")
	b.Media("screen", "light")
	b.Click("a.button")
	b.Wait("the queue", "nav.me")
	b.Open(b.w.server.URL+"/account", "#h-sessions")
	b.everywhere("account")

	b.Click(`form[action="/logout"] button`)
	b.Wait("the sign-in", `form[action="/login"]`)
	b.Click("[data-passkey] button")
	b.Wait("the queue", "nav.me")
	b.Open(b.w.server.URL+"/account", "#h-second")
	b.Is("its use is told", `document.querySelector(".things").textContent.includes("last used")`)
	b.Type("#label", "my telephone")
	b.Click("[data-new] button")
	b.Wait("that this device has one already", "[data-new] .notice")
	b.Is("in words", `document.querySelector("[data-new] .notice").textContent.includes("already")`)
	b.everywhere("account-passkey-refused")
	b.Is("nothing is typed in the address", `location.search === ""`)
	for _, act := range []string{"rita passkey-added from 127.0.0.1", "rita signed-in from 127.0.0.1, by passkey"} {
		if kept.count(act) == 0 {
			t.Errorf("%q is not recorded: %q", act, kept.acts)
		}
	}
}

// With a password and an app, on a page whose scripts do not run.
func TestSigningInWithoutJavaScript(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped 1 test in a browser: short")
	}
	b, _ := accountTab(t, required)
	b.NoScript(true)
	b.Open(b.w.server.URL+"/login", "#password")
	b.Type("#name", "rita")
	b.Type("#password", secret)
	b.Click("button.main")
	b.Wait("the second step", ".qr img")
	b.Is("no passkey is offered that cannot work", `!document.querySelector("[data-passkey]") || !document.querySelector("[data-passkey]").checkVisibility()`)
	b.Until("the picture is there", `document.querySelector(".qr img").naturalWidth === 264`)
	b.fits()
	b.Shoot("second-step-without-javascript")
	key := chromium.Value[string](b.Tab, `document.querySelector(".secret code").textContent`)
	shows := appOf(t, "otpauth://totp/x?secret="+strings.ReplaceAll(key, " ", ""), time.Now)
	b.Type("#code", shows())
	b.Click(`form[action="/login/setup"] button`)
	b.Wait("the recovery codes", ".recovery li:nth-child(10)")
	recovery := chromium.Value[string](b.Tab, `document.querySelector(".recovery code").textContent`)
	b.Click("a.button")
	b.Wait("the queue", "nav.me")
	b.Open(b.w.server.URL+"/account", "#h-sessions")
	b.fits()
	b.Click(`form[action="/logout"] button`)
	b.Wait("the sign-in", `form[action="/login"]`)
	b.Type("#name", "rita")
	b.Type("#password", secret)
	b.Click("button.main")
	b.Wait("the code", "#code")
	b.Type("#code", recovery)
	b.Click("button.main")
	b.Wait("the queue", "nav.me")
}

// The second step and the proof, with scripts, in every look.
func TestTheSecondStepInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped 1 test in a browser: short")
	}
	b, _ := accountTab(t)
	defer b.Watch()()
	shows, _ := b.w.giveApp(t, "otto")
	b.Type("#name", "otto")
	b.Type("#password", secret+"\r")
	b.Wait("the code", "#code")
	b.everywhere("code")
	b.Type("#code", "000000\r")
	b.Wait("the refusal", ".narrow > .notice")
	b.everywhere("code-refused")
	b.Type("#code", shows()+"\r")
	b.Wait("the queue", "nav.me")
	b.Open(b.w.server.URL+"/account/prove", "#password")
	b.everywhere("prove")
	b.Open(b.w.server.URL+"/account/app", ".qr img")
	b.everywhere("app")
	b.Do("Spanish", chromedp.Click(`button[lang=es]`))
	b.Wait("the page in Spanish", "html[lang=es] main")
	b.Open(b.w.server.URL+"/account", "#h-second")
	b.everywhere("spanish")
}

// Nobody is there: the page says that the sign-in ends, is covered when it ended, and
// opens again with what was typed.
func TestAPageIsCoveredWhenItsReaderIsAway(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped 1 test in a browser: short")
	}
	b, _ := accountTab(t, func(o *Options) { o.Idle = 62 * time.Second })
	defer b.Watch()()
	b.Type("#name", "rita")
	b.Type("#password", secret+"\r")
	b.Wait("the queue", "nav.me")
	b.Open(b.w.server.URL+"/account", "#old")
	b.Type("#old", "half typed")
	b.Wait("the warning", ".soon button")
	b.everywhere("soon")
	b.Click(".soon button")
	b.Until("it is gone", `!document.querySelector(".soon")`)
	sessions := b.w.opts.Sessions.(*registry)
	all, _ := sessions.Of(t.Context(), "rita")
	for _, s := range all {
		_ = sessions.End(t.Context(), s.ID)
	}
	b.Wait("the cover", ".lock a")
	b.Is("nothing can be read or reached", `getComputedStyle(document.querySelector("main")).visibility === "hidden" && document.querySelector("main").inert && !!document.activeElement.closest(".lock")`)
	b.everywhere("covered")
	b.Do("sign in, as in another tab", chromedp.Evaluate[chromedp.Void](`fetch("/login", {method: "POST", body: new URLSearchParams({name: "rita", password: "`+secret+`"})}); 0`))
	b.Until("it opens", `!document.querySelector(".lock")`)
	b.Is("what was typed is there", `document.querySelector("#old").value === "half typed" && !document.querySelector("main").inert`)
}

// A colleague's passkey on the same computer does not prove that it is oneself.
func TestAnothersPasskeyIsNoProof(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped 1 test in a browser: short")
	}
	b, kept := accountTab(t)
	defer b.Watch()()
	b.Type("#name", "rita")
	b.Type("#password", secret+"\r")
	b.Wait("the queue", "nav.me")
	b.Open(b.w.server.URL+"/account", "[data-new] button")
	b.Click("[data-new] button")
	b.Wait("the recovery codes", ".recovery li:nth-child(10)")
	b.Click(`form[action="/logout"] button`)
	b.Wait("the sign-in", `form[action="/login"]`)

	shows, _ := b.w.giveApp(t, "otto")
	otto, err := b.w.opts.People.Get(t.Context(), "otto")
	if err != nil {
		t.Fatal(err)
	}
	otto.Passkeys = []people.Passkey{{Name: "at home"}} // so that he is offered to use one
	if err := b.w.opts.People.Update(t.Context(), otto); err != nil {
		t.Fatal(err)
	}
	b.Type("#name", "otto")
	b.Type("#password", secret+"\r")
	b.Wait("the code", "#code")
	b.Type("#code", shows()+"\r")
	b.Wait("the queue", "nav.me")
	b.Open(b.w.server.URL+"/account/prove", "[data-passkey] button")
	b.Click("[data-passkey] button")
	b.Wait("the refusal", ".narrow > .notice")
	b.Is("in words", `document.querySelector(".narrow > .notice").textContent.includes("not yours")`)
	b.Is("he is who he was", `document.body.dataset.user === "otto"`)
	if kept.count("otto proof-failed from 127.0.0.1") != 1 {
		t.Errorf("recorded: %q", kept.acts)
	}
}
