package office_test

import (
	"context"
	"html"
	"net/url"
	"strings"
	"testing"
	"time"

	"triage/internal/people"
)

// link is the link on a page, and its code.
func (a answer) link() (link, code string) {
	a.t.Helper()
	_, rest, _ := strings.Cut(a.body, `id="link" value="`)
	link, _, _ = strings.Cut(rest, `"`)
	link = html.UnescapeString(link)
	_, code, ok := strings.Cut(link, "#")
	if !ok {
		a.t.Fatalf("no link on the page:\n%s", a.body)
	}
	return link, code
}

func TestAddingSomebody(t *testing.T) {
	w := newWorld(t)
	ada := w.as(t, "ada")
	list := ada.get("/people").says(200, "Add somebody", "otto", "privacy officer", "Second step", "(you)", "Last signed in")
	if n := strings.Count(list.body, "Never yet"); n != 4 {
		t.Errorf("%d of four who never came are said to", n)
	}
	ada.post("/people", "name", "Dr. Who", "role", "reviewer").says(422, "A name begins with a letter", `value="dr. who"`)
	ada.post("/people", "name", "rita", "role", "reviewer").says(422, "somebody of this name already")
	ada.post("/people", "name", "nina", "role", "queen").says(422, "Choose what she may do")
	got := ada.post("/people", "name", " Nina ", "role", "reviewer").says(200, "shown only now", "How to hand it over")
	link, code := got.link()
	if !strings.HasPrefix(link, "https://desk.cedar.example/welcome#") || got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("link %s, kept %s", link, got.header.Get("Cache-Control"))
	}
	ada.get("/people").says(200, "Has a link until").lacks(code)
	ada.get("/people/nina").says(200, "She forgot her password").lacks(code)
	if acts := w.acts(t); !strings.Contains(acts, `"do":"user-added","on":"nina","note":"reviewer"`) || strings.Contains(acts, code) {
		t.Errorf("the audit has:\n%s", acts)
	}
	nina := w.stranger(t)
	if in := nina.post("/welcome", "code", code, "password", "seven-yellow-canal-boats"); in.status != 303 {
		t.Errorf("the link: %d\n%s", in.status, in.body)
	}
	nina.get("/").says(200)
	if again := w.stranger(t).post("/welcome", "code", code, "password", "seven-yellow-canal-boats"); again.status != 403 {
		t.Errorf("the link a second time: %d", again.status)
	}
}

func TestLookingAfterSomebody(t *testing.T) {
	w := newWorld(t)
	ada, rita := w.as(t, "ada"), w.as(t, "rita")
	rita.get("/settings").says(403)
	if got := ada.post("/people/rita/role", "role", "privacy officer"); got.to != "/people/rita?done=role" {
		t.Errorf("role: %d %s", got.status, got.to)
	}
	rita.get("/settings").says(200) // with her next click
	if got := ada.post("/people/rita/role", "role", "officer"); got.to != "/people/rita?done=nothing" || strings.Contains(w.acts(t), "privacy officer to privacy officer") {
		t.Errorf("the same role: %d %s", got.status, got.to)
	}
	ada.get("/people/rita?done=role").says(200, "Her role is another one now", "Where she is signed in", "Sign out there")

	must(t, w.people.SetRole(t.Context(), "rita", people.Reviewer))
	old, _ := ada.post("/people/rita/link").says(200, "chooses another password").link()
	_, code := ada.post("/people/rita/link").link()
	if strings.HasSuffix(old, code) {
		t.Error("the second link is the first")
	}
	rita.get("/").says(200) // the old password is good until then

	if got := ada.post("/people/rita/sessions"); got.status != 303 {
		t.Errorf("sessions: %d", got.status)
	}
	if got := rita.get("/"); got.to != "/login" {
		t.Errorf("signed out everywhere, still in: %d", got.status)
	}
	rita = w.as(t, "rita")
	ada.post("/people/rita/out")
	if got := rita.get("/"); got.to != "/login" {
		t.Errorf("shut out, still in: %d", got.status)
	}
	ada.get("/people/rita").says(200, "She is shut out. If you let her in again").lacks("Make a link")
	ada.post("/people/rita/link").says(422, "Let her in again first")
	if again := ada.post("/people/rita/out"); again.to != "/people/rita?done=nothing" {
		t.Errorf("shut out twice: %d %s", again.status, again.to)
	}
	ada.post("/people/rita/in")
	w.as(t, "rita")
	for _, do := range []string{`"do":"role-changed","on":"rita","note":"reviewer to privacy officer"`, `"do":"user-invited","on":"rita"`,
		`"do":"sessions-ended","on":"rita"`, `"do":"user-disabled","on":"rita"`, `"do":"user-enabled","on":"rita"`} {
		if !strings.Contains(w.acts(t), do) {
			t.Errorf("the audit lacks %s", do)
		}
	}
}

func TestOneOfHerSessionsEnds(t *testing.T) {
	w := newWorld(t)
	ada, here, there := w.as(t, "ada"), w.as(t, "rita"), w.as(t, "rita")
	live, err := w.Sessions.Of(t.Context(), "rita")
	must(t, err)
	other, err := w.Sessions.Of(t.Context(), "ada")
	must(t, err)
	ada.post("/people/rita/sessions", "session", other[0].ID)
	ada.get("/people").says(200) // another's is left alone
	ada.post("/people/rita/sessions", "session", live[0].ID)
	left := 0
	for _, b := range []visitor{here, there} {
		if b.get("/").status == 200 {
			left++
		}
	}
	if left != 1 {
		t.Errorf("%d of two sessions are left", left)
	}
}

func TestALostPhone(t *testing.T) {
	w := newWorld(t)
	u, err := w.Users.Get(t.Context(), "rita")
	must(t, err)
	u.TOTP = people.TOTP{Secret: strings.Repeat("A", 32), Added: time.Now()}
	must(t, w.Users.Update(t.Context(), u))
	ada := w.as(t, "ada")
	ada.get("/people/rita").says(200, "She lost her phone", "Take her second step away")
	ada.post("/people/rita/second")
	if u, err = w.Users.Get(t.Context(), "rita"); err != nil || u.Second() {
		t.Errorf("%+v, %v", u.TOTP, err)
	}
	ada.get("/people/rita?done=second").says(200, "Her second step is taken away").lacks("She lost her phone")
}

// Whoever acts is an admin and stays one: so there always is one.
func TestNobodyShutsHerselfOut(t *testing.T) {
	w := newWorld(t)
	ada := w.as(t, "ada")
	ada.get("/people/ada").says(200, "This is you").lacks("Shut her out")
	for _, path := range []string{"/role", "/out", "/second", "/sessions", "/link"} {
		ada.post("/people/ada"+path, "role", "viewer").says(422, "so that nobody shuts herself out")
	}
	ada.post("/people/nobody/out").says(404, "Nobody of this name")
	ada.get("/people/nobody").says(404)
	bea := w.as(t, "bea")
	bea.post("/people/ada/role", "role", "viewer")
	ada.post("/people/bea/out").says(403, "Your role does not allow this")
	if u, err := w.Users.Get(t.Context(), "bea"); err != nil || u.Disabled {
		t.Errorf("no admin is left: %v", err)
	}
}

// meanwhile is a store in which another process does something as soon as a user is
// changed here.
type meanwhile struct {
	people.Store
	name string
	do   func()
}

func (m *meanwhile) Update(ctx context.Context, u people.User) error {
	err := m.Store.Update(ctx, u)
	if do := m.do; do != nil && u.Name == m.name {
		m.do = nil
		do()
	}
	return err
}

// Another process has a turn of its own, in which bea does to ada what ada does to her.
func TestTwoAdminsInTwoProcessesLeaveOne(t *testing.T) {
	for path, form := range map[string][]string{"/people/bea/role": {"role", "viewer"}, "/people/bea/out": nil} {
		w := newWorld(t)
		ada, elsewhere := w.as(t, "ada"), &people.People{Store: w.Users}
		w.people.Store = &meanwhile{w.Users, "bea", func() { must(t, elsewhere.SetRole(t.Context(), "ada", people.Viewer)) }}
		ada.post(path, form...).says(403, "Your role does not allow this")
		if u, err := w.Users.Get(t.Context(), "bea"); err != nil || u.Disabled || u.Role != people.Admin {
			t.Errorf("%s: no admin is left: %+v, %v", path, u.Role, err)
		}
		if acts := w.acts(t); !strings.Contains(acts, `"do":"not-done"`) {
			t.Errorf("%s: the audit has\n%s", path, acts)
		}
	}
}

func TestWhoSeesWhat(t *testing.T) {
	w := newWorld(t)
	w.as(t, "otto").get("/people").says(200, "ada", "Admins add people").lacks("Add somebody", `href="/people/`)
	w.as(t, "otto").get("/people/rita").says(403)
	for _, name := range []string{"vic", "rita"} {
		b := w.as(t, name)
		b.get("/").lacks(`href="/people"`, `href="/settings"`)
		b.get("/people").says(403)
		b.get("/settings").says(403)
	}
	next := w.stranger(t).get("/settings/posting.mode")
	if want := "/login?next=" + url.QueryEscape("/settings/posting.mode"); next.to != want {
		t.Errorf("a stranger is sent to %s, want %s", next.to, want)
	}
}
