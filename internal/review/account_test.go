package review

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestThePasswordIsHalfTheWay(t *testing.T) {
	w, kept := accountWorld(t)
	shows, codes := w.giveApp(t, "rita")
	b := w.visit(t)
	half := b.post("/login", "name", "rita", "password", secret, "next", "/cases/c1").leads(t, "/login/code")
	b.get("/").leads(t, "/login")
	b.get("/account").leads(t, "/login?next=%2Faccount")
	b.get("/login/code").see(t, 200, "Code from your app", "recovery codes")
	b.post("/login/code", "code", "000000").see(t, http.StatusForbidden, "This code was not taken")
	in := b.post("/login/code", "code", shows()).leads(t, "/cases/c1")
	if cookie := func(a answer) string { return strings.SplitN(a.header.Get("Set-Cookie"), ";", 2)[0] }; cookie(in) == cookie(half) || cookie(in) == "" {
		t.Error("the token stays after the second step")
	}
	b.get("/").see(t, 200)
	b.post("/logout")

	b.post("/login", "name", "rita", "password", secret).leads(t, "/login/code")
	b.post("/login/code", "code", shows()).see(t, http.StatusForbidden) // it was used
	b.post("/login/code", "code", codes[0]).leads(t, "/")
	b.post("/logout")

	b.post("/login", "name", "rita", "password", secret).leads(t, "/login/code")
	w.now = w.now.Add(11 * time.Minute)
	b.get("/login/code").leads(t, "/login") // too long ago
	b.post("/login/code", "code", shows()).leads(t, "/login")
	for act, want := range map[string]int{"rita signed-in from 127.0.0.1, by app": 1, "rita signed-in from 127.0.0.1, by recovery code": 1,
		"rita second-step-failed from 127.0.0.1": 2, "rita signed-in from 127.0.0.1": 0} {
		if got := kept.count(act); got != want {
			t.Errorf("%q is recorded %d times, want %d", act, got, want)
		}
	}
	w.hides(t, kept, append(codes, secret)...)
}

func TestHalfTheWayEndsWithAnotherPassword(t *testing.T) {
	w, _ := accountWorld(t)
	shows, _ := w.giveApp(t, "rita")
	b := w.visit(t)
	b.post("/login", "name", "rita", "password", secret).leads(t, "/login/code")
	if err := w.opts.People.SetPassword(t.Context(), "rita", "quite-different-autumn-words"); err != nil {
		t.Fatal(err)
	}
	b.post("/login/code", "code", shows()).leads(t, "/login")
}

// Who has a second step cannot set up another one in place of giving it.
func TestHalfTheWayIsNoWayAround(t *testing.T) {
	w, _ := accountWorld(t, required)
	_, _ = w.giveApp(t, "rita")
	b := w.visit(t)
	b.post("/login", "name", "rita", "password", secret).leads(t, "/login/code")
	b.get("/login/setup").leads(t, "/login")
	b.get("/login/setup.png").leads(t, "/login")
	b.post("/login/setup", "code", "000000").leads(t, "/login")
	b.post("/login/setup/passkey", "answer", "{}").leads(t, "/login")
	b.post("/login/setup/passkey/ask").see(t, http.StatusUnauthorized)
	b.get("/").leads(t, "/login")
}

// Whoever may decide sets up a second step before she sees anything, where that is
// required.
func TestASecondStepIsSetUpBeforeAnythingElse(t *testing.T) {
	w, kept := accountWorld(t, required)
	w.as(t, "vic").get("/").see(t, 200) // who only sees needs none
	b := w.visit(t)
	b.get("/login/setup").leads(t, "/login")
	b.get("/login/setup.png").leads(t, "/login")
	b.post("/login", "name", "rita", "password", secret).leads(t, "/login/setup")
	b.get("/").leads(t, "/login")
	page := b.get("/login/setup").see(t, 200, "A second step protects your sign-in", `src="/login/setup.png"`)
	typed := regexp.MustCompile(`<code>([A-Z2-7 ]+)</code>`).FindStringSubmatch(page.body)
	if typed == nil {
		t.Fatalf("no key to type:\n%s", main(page.body))
	}
	png := b.get("/login/setup.png")
	if png.status != 200 || png.header.Get("Content-Type") != "image/png" || png.header.Get("Cache-Control") != "no-store" || !strings.HasPrefix(png.body, "\x89PNG") {
		t.Errorf("picture: %d %v", png.status, png.header)
	}
	if again := b.get("/login/setup"); !strings.Contains(again.body, typed[1]) {
		t.Error("the key is another one when the page is loaded again")
	}
	key := strings.ReplaceAll(typed[1], " ", "")
	shows := appOf(t, "otpauth://totp/x?secret="+key, w.clock)
	b.post("/login/setup", "code", "000000").see(t, http.StatusUnprocessableEntity, "not the code")
	codes := b.post("/login/setup", "code", shows()).see(t, 200, "Your recovery codes", "go on")
	made := regexp.MustCompile(`<code>([a-z2-9-]{14})</code>`).FindAllStringSubmatch(codes.body, -1)
	if len(made) != 10 {
		t.Errorf("%d recovery codes", len(made))
	}
	b.get("/").see(t, 200)
	w.now = w.now.Add(10 * time.Minute)
	b.get("/login/setup").leads(t, "/account/prove") // from then on she has to show that it is she
	if kept.count("rita app-set-up from 127.0.0.1") != 1 || kept.count("rita signed-in from 127.0.0.1, by app") != 1 {
		t.Errorf("recorded: %q", kept.acts)
	}
	w.hides(t, kept, key, made[0][1], secret)
}

func TestWhoIsInvitedChoosesAPassword(t *testing.T) {
	w, kept := accountWorld(t)
	code, err := w.opts.People.Invite(t.Context(), "otto")
	if err != nil {
		t.Fatal(err)
	}
	old, b := w.as(t, "otto"), w.visit(t)
	b.get("/welcome").see(t, 200, "Welcome", "Code of your link").lacks(t, "otto")
	b.post("/welcome", "code", code).see(t, 200, "Choose your password", "otto")
	b.post("/welcome", "code", code, "password", "short").see(t, http.StatusUnprocessableEntity, "too short", code, "otto")
	b.post("/welcome", "code", "abcd-abcd", "password", chosen).see(t, http.StatusForbidden, "not good any more")
	b.post("/welcome", "code", code, "password", chosen).leads(t, "/")
	b.get("/").see(t, 200)
	old.get("/").leads(t, "/login") // his sessions are over
	b.post("/welcome", "code", code, "password", chosen).see(t, http.StatusForbidden, "not good any more")
	w.visit(t).post("/login", "name", "otto", "password", chosen).leads(t, "/")
	if kept.count("otto password-chosen from 127.0.0.1, by invitation") != 1 {
		t.Errorf("recorded: %q", kept.acts)
	}
	w.hides(t, kept, code, chosen)
}

// An invitation replaces a password, not the second step.
func TestAnInvitationLeavesTheSecondStep(t *testing.T) {
	w, _ := accountWorld(t)
	shows, _ := w.giveApp(t, "otto")
	code, err := w.opts.People.Invite(t.Context(), "otto")
	if err != nil {
		t.Fatal(err)
	}
	b := w.visit(t)
	b.post("/welcome", "code", code, "password", chosen).leads(t, "/login/code")
	b.get("/").leads(t, "/login")
	b.post("/login/code", "code", shows()).leads(t, "/")
}
