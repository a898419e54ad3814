package review

import (
	"errors"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"triage/internal/people"
)

// To change how one signs in one shows lately that it is oneself.
func TestChangesOfAccessNeedAProof(t *testing.T) {
	w, kept := accountWorld(t)
	shows, codes := w.giveApp(t, "rita")
	b := w.visit(t)
	b.post("/login", "name", "rita", "password", secret)
	b.post("/login/code", "code", shows()).leads(t, "/")
	b.get("/account").see(t, 200, "App with codes", "10 codes left", "Remove the app")
	w.now = w.now.Add(10 * time.Minute)
	b.get("/account").see(t, 200, "Change how you sign in").lacks(t, "Remove the app")
	for _, path := range []string{"/account/app/remove", "/account/codes", "/account/app", "/account/passkeys", "/account/passkeys/x/remove"} {
		b.post(path).leads(t, "/account/prove")
	}
	b.get("/account/app").leads(t, "/account/prove")
	b.post("/account/prove", "password", "not-hers-not-hers").see(t, http.StatusUnprocessableEntity, "not yours")
	b.post("/account/prove", "password", secret).leads(t, "/account")
	made := b.post("/account/codes").see(t, 200, "Your recovery codes")
	if strings.Contains(made.body, codes[1]) {
		t.Error("the old codes are shown again")
	}
	b.post("/account/app/remove").leads(t, "/account")
	b.get("/account").see(t, 200, "You sign in with your password alone").lacks(t, "codes left")
	for _, act := range []string{"rita proof-failed from 127.0.0.1", "rita recovery-codes-made from 127.0.0.1", "rita app-removed from 127.0.0.1"} {
		if kept.count(act) != 1 {
			t.Errorf("%q is recorded %d times", act, kept.count(act))
		}
	}
}

func TestTheLastSecondStepStays(t *testing.T) {
	w, _ := accountWorld(t, required)
	shows, _ := w.giveApp(t, "rita")
	b := w.visit(t)
	b.post("/login", "name", "rita", "password", secret)
	b.post("/login/code", "code", shows())
	b.post("/account/app/remove").see(t, http.StatusUnprocessableEntity, "the last one that you have")
	b.get("/account").see(t, 200, "App with codes")
}

func TestSessionsAreListedAndEnded(t *testing.T) {
	w, kept := accountWorld(t)
	here, there, third, hers := w.as(t, "rita"), w.as(t, "rita"), w.as(t, "rita"), w.as(t, "vic")
	page := here.get("/account").see(t, 200, "this one", "End all others")
	ids := regexp.MustCompile(`/account/sessions/([0-9a-f]{64})/end`).FindAllStringSubmatch(page.body, -1)
	if len(ids) != 2 {
		t.Fatalf("%d others are listed", len(ids))
	}
	vics := regexp.MustCompile(`[0-9a-f]{64}`).FindString(w.as(t, "vic").get("/account").body)
	here.post("/account/sessions/"+vics+"/end").leads(t, "/account")
	hers.get("/").see(t, 200) // another's is not hers to end
	here.post("/account/sessions/"+ids[0][1]+"/end").leads(t, "/account")
	out := 0
	for _, b := range []*browser{there, third} {
		if b.get("/").status == http.StatusSeeOther {
			out++
		}
	}
	if out != 1 {
		t.Errorf("%d of two are signed out", out)
	}
	w.as(t, "rita")
	here.post("/account/sessions/end").leads(t, "/account")
	there.get("/").leads(t, "/login")
	third.get("/").leads(t, "/login")
	here.get("/account").see(t, 200).lacks(t, "End all others")
	if kept.count("rita session-ended from 127.0.0.1") != 1 || kept.count("rita sessions-ended from 127.0.0.1, all others") != 1 {
		t.Errorf("recorded: %q", kept.acts)
	}
}

func TestAPasswordIsChangedWithTheOldOne(t *testing.T) {
	w, kept := accountWorld(t)
	here, there := w.as(t, "rita"), w.as(t, "rita")
	here.post("/account/password", "old", "not-hers-not-hers", "password", chosen).see(t, http.StatusUnprocessableEntity, "not right")
	here.post("/account/password", "old", secret, "password", "rita-rita-rita-rita").see(t, http.StatusUnprocessableEntity, "easily guessed")
	here.post("/account/password", "old", secret, "password", chosen).leads(t, "/account")
	here.get("/").see(t, 200)
	there.get("/").leads(t, "/login")
	w.visit(t).post("/login", "name", "rita", "password", chosen).leads(t, "/")
	if kept.count("rita password-changed from 127.0.0.1") != 1 {
		t.Errorf("recorded: %q", kept.acts)
	}
	w.hides(t, kept, chosen, secret)
}

// A page learns that its reader was signed out; asking does not keep her in.
func TestAPageAsksWhetherSheIsStillThere(t *testing.T) {
	w, _ := accountWorld(t, func(o *Options) { o.Idle = 10 * time.Minute })
	b := w.as(t, "rita")
	b.get("/").see(t, 200, `data-idle="600"`, `data-user="rita"`)
	w.now = w.now.Add(4 * time.Minute)
	b.get("/account/still").see(t, 200, `"user":"rita"`, `"left":360`)
	b.get("/account/still").see(t, 200, `"left":360`)
	b.post("/account/stay").see(t, 200, `"left":600`)
	b.post("/logout")
	b.get("/account/still").see(t, http.StatusUnauthorized, "What you typed is still on this page")
}

// A form that comes too late is not sent to the sign-in page, where what was typed
// would be lost.
func TestALateFormIsNotLost(t *testing.T) {
	w, _ := accountWorld(t)
	w.visit(t).post("/account/password", "old", "zztypedzz").see(t, http.StatusUnauthorized, "What you typed is not lost").lacks(t, "zztypedzz")
}

func TestTheProviderButton(t *testing.T) {
	w, _ := accountWorld(t, func(o *Options) {
		o.Provider, o.ProviderName = &people.Provider{Issuer: "http://127.0.0.1:1", HTTP: &http.Client{Transport: dead{}}}, "Cedar Mail"
	})
	b := w.visit(t)
	b.get("/login").see(t, 200, `href="/login/provider"`, "Sign in with Cedar Mail")
	b.get("/login/provider").see(t, http.StatusBadGateway, "did not answer")
	b.get("/login/back?code=zzcodezz&state=zzstatezz").see(t, http.StatusForbidden, "another browser").lacks(t, "zzcodezz")
	if strings.Contains(w.log.String(), "zz") {
		t.Error("a code is in the log")
	}
}

// dead is a network on which nobody answers.
type dead struct{}

func (dead) RoundTrip(*http.Request) (*http.Response, error) { return nil, errors.New("nobody there") }

// All of it in Spanish: no sentence of the pages is left in English.
func TestTheAccountInSpanish(t *testing.T) {
	w, _ := accountWorld(t, required)
	b := w.visit(t)
	spanish := func(a answer, words ...string) { t.Helper(); a.see(t, a.status, words...) }
	b.post("/language", "lang", "es")
	spanish(b.get("/login"), "Entrar", "Contraseña")
	spanish(b.get("/welcome"), "Le damos la bienvenida")
	spanish(b.post("/login", "name", "x", "password", "y"), "no coinciden")
	b.post("/login", "name", "rita", "password", secret).leads(t, "/login/setup")
	spanish(b.get("/login/setup"), "Un segundo paso protege su entrada", "¿No tiene cámara?")
	_, _ = w.giveApp(t, "rita")
	b.post("/login", "name", "rita", "password", secret).leads(t, "/login/code")
	spanish(b.get("/login/code"), "Un paso más")
	spanish(b.post("/login/code", "code", "1"), "El código no sirvió")
	vic := w.as(t, "vic")
	vic.post("/language", "lang", "es")
	spanish(vic.get("/account"), "Su cuenta", "Dónde tiene la sesión abierta")
	spanish(vic.get("/account/prove"), "Confirme que es usted")
}
