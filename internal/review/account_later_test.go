package review

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"triage/internal/people"
)

// Who came in by a password alone, as a viewer may, decides nothing by it once her role
// needs two steps; her account is where she sets one up.
func TestANewRoleNeedsItsSecondStep(t *testing.T) {
	w, _ := accountWorld(t, required)
	b := w.as(t, "vic")
	if err := w.opts.People.SetRole(t.Context(), "vic", people.Admin); err != nil {
		t.Fatal(err)
	}
	b.get("/").see(t, 200)
	b.get("/people").see(t, http.StatusForbidden, "A second step is needed")
	b.post("/people", "name", "nina", "role", "admin").see(t, http.StatusForbidden, "A second step is needed")
	page := b.get("/account/app").see(t, 200)
	secret := regexp.MustCompile(`(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}`).FindString(page.body)
	shows := appOf(t, "otpauth://totp/x?secret="+strings.ReplaceAll(secret, " ", ""), w.clock)
	b.post("/account/app", "code", shows()).see(t, 200, "Your recovery codes")
	b.get("/people").see(t, 200)
}

// A first second step ends what began without one; a further one ends nothing.
func TestAFirstSecondStepEndsOtherSessions(t *testing.T) {
	w, kept := accountWorld(t)
	here, thief := w.as(t, "rita"), w.as(t, "rita")
	page := here.get("/account/app").see(t, 200)
	secret := regexp.MustCompile(`(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}`).FindString(page.body)
	shows := appOf(t, "otpauth://totp/x?secret="+strings.ReplaceAll(secret, " ", ""), w.clock)
	here.post("/account/app", "code", shows()).see(t, 200, "Your recovery codes")
	here.get("/account").see(t, 200)
	thief.get("/").leads(t, "/login")
	if n := kept.count("rita sessions-ended from 127.0.0.1, all others"); n != 1 {
		t.Errorf("recorded %d times", n)
	}
}

// What anybody may ask for fills no audit.
func TestComingBackFromNowhereIsBounded(t *testing.T) {
	w, kept := accountWorld(t, func(o *Options) { o.Provider = &people.Provider{HTTP: &http.Client{Transport: dead{}}} })
	b := w.visit(t)
	for range 100 {
		b.get("/login/back?state=x&code=y")
	}
	if n := kept.count("nobody sign-in-failed from 127.0.0.1"); n != 30 {
		t.Errorf("%d refusals are recorded", n)
	}
	b.get("/login/back").see(t, http.StatusTooManyRequests, "Nobody is locked out")
	w.now = w.now.Add(time.Minute)
	b.get("/login/provider").see(t, http.StatusBadGateway)
	if n := kept.count("nobody sign-in-failed from 127.0.0.1"); n != 30 {
		t.Error("a provider that is down is recorded as a refusal")
	}
}
