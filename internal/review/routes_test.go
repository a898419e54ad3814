package review

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"triage/internal/people"
	"triage/internal/respond"
	"triage/internal/review/page"
)

// method and path of a route, with the case filled in.
func ask(rt page.Route) (method, path string) {
	method, path, ok := strings.Cut(rt.Pattern, " ")
	if !ok {
		return "GET", "/no/such/page"
	}
	return method, strings.NewReplacer("{id}", "c1", "{$}", "").Replace(path)
}

// openRoutes are those at which a stranger begins, and what she gets who sends
// nothing; passkeys and providers are not set up here.
var openRoutes = map[string]int{
	"GET /login": http.StatusOK, "POST /login": http.StatusForbidden, "GET /welcome": http.StatusOK, "POST /welcome": http.StatusForbidden,
	"POST /login/passkey/ask": http.StatusNotFound, "POST /login/passkey": http.StatusNotFound,
	"GET /login/provider": http.StatusNotFound, "GET /login/back": http.StatusNotFound,
}

func TestEveryRouteAsksWhoIsThere(t *testing.T) {
	w := newWorld(t)
	w.add(t, "c1", respond.LaneClear, canaryText)
	stranger := w.visit(t)
	for _, rt := range w.pages.routes() {
		method, path := ask(rt)
		got := stranger.do(stranger.request(method, path, "step", "1"))
		want := http.StatusSeeOther
		open, isOpen := openRoutes[rt.Pattern]
		switch {
		case rt.Need == "":
			t.Errorf("%s: no permission is named", rt.Pattern)
		case rt.Pattern == "POST /language": // which is nobody's secret
			continue
		case isOpen:
			want = open
		case rt.Data, method == http.MethodPost && rt.Need != page.Anyone && path != "/logout":
			want = http.StatusUnauthorized
		}
		if got.status != want || want == http.StatusSeeOther && !strings.HasPrefix(got.location, "/login") {
			t.Errorf("%s without sign-in: %d %s, want %d", rt.Pattern, got.status, got.location, want)
		}
	}
	if n := w.cases.wrote; n != 1 {
		t.Errorf("a stranger changed something: %d writes", n)
	}
}

func TestRolesMayWhatTheirRouteNeeds(t *testing.T) {
	w := newWorld(t)
	w.add(t, "c1", respond.LaneClear, canaryText)
	for name, role := range map[string]people.Role{"vic": people.Viewer, "rita": people.Reviewer} {
		b := w.as(t, name)
		for _, rt := range w.pages.routes() {
			if rt.Need == page.Anyone || strings.HasSuffix(rt.Pattern, "/logout") {
				continue
			}
			method, path := ask(rt)
			got := b.do(b.request(method, path))
			if forbidden := got.status == http.StatusForbidden; forbidden == role.May(rt.Need) {
				t.Errorf("%s as %s: %d", rt.Pattern, role, got.status)
			}
		}
	}
}

func TestEveryAnswerCarriesTheHeaders(t *testing.T) {
	w := newWorld(t)
	w.add(t, "c1", respond.LaneClear, canaryText)
	want := map[string]string{
		"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
		"X-Content-Type-Options":  "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
		"Cross-Origin-Opener-Policy": "same-origin",
	}
	for _, b := range []*browser{w.visit(t), w.as(t, "ada")} {
		for _, rt := range w.pages.routes() {
			method, path := ask(rt)
			got := b.do(b.request(method, path))
			for name, value := range want {
				if got.header.Get(name) != value {
					t.Errorf("%s: %s = %q", rt.Pattern, name, got.header.Get(name))
				}
			}
		}
	}
	for _, name := range regexp.MustCompile(`/assets/[^"]+`).FindAllString(w.visit(t).get("/login").body, -1) {
		got := w.visit(t).get(name)
		if got.status != 200 || !strings.Contains(got.header.Get("Cache-Control"), "immutable") || got.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %d %v", name, got.status, got.header)
		}
	}
	if got := w.visit(t).get("/assets/desk.css"); got.status != 404 {
		t.Errorf("an asset without its hash: %d", got.status)
	}
}

func TestGETChangesNothing(t *testing.T) {
	w := newWorld(t)
	w.add(t, "c1", respond.LaneClear, canaryText)
	w.add(t, "c2", respond.LaneTakeDown, canaryText)
	b := w.as(t, "ada")
	before := w.cases.wrote
	for _, rt := range w.pages.routes() {
		_, path := ask(rt)
		for _, method := range []string{"GET", "HEAD"} {
			if got := b.do(b.request(method, path)); got.status >= 500 {
				t.Errorf("%s %s: %d", method, path, got.status)
			}
		}
	}
	if w.cases.wrote != before {
		t.Errorf("GET wrote %d times", w.cases.wrote-before)
	}
	if got := b.get("/"); got.status != 200 {
		t.Errorf("GET /logout signed out: %d", got.status)
	}
}

func TestAnotherSiteCanChangeNothing(t *testing.T) {
	w := newWorld(t)
	w.add(t, "c1", respond.LaneClear, canaryText)
	b := w.as(t, "ada")
	before := w.cases.wrote
	for _, rt := range w.pages.routes() {
		method, path := ask(rt)
		if method != http.MethodPost {
			continue
		}
		for name, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
			req := b.request(method, path, "step", "1", "reply", safeReply)
			req.Header.Del("Sec-Fetch-Site")
			req.Header.Set(name, value)
			b.do(req).see(t, http.StatusForbidden, "another site")
		}
	}
	if w.cases.wrote != before {
		t.Error("another site changed something")
	}
}

func TestSignIn(t *testing.T) {
	w := newWorld(t)
	b := w.visit(t)
	if got := b.get("/cases/abc"); got.location != "/login?next=%2Fcases%2Fabc" {
		t.Errorf("sent to %s", got.location)
	}
	b.get("/login?next=/cases/abc").see(t, 200, `value="/cases/abc"`)
	b.get("/login?next=//evil.example/cases/abc").lacks(t, "evil")
	b.post("/login", "name", "rita", "password", "wrong").see(t, http.StatusForbidden, "do not fit together", `value="rita"`)
	got := b.post("/login", "name", "rita", "password", secret, "next", "https://evil.example")
	if got.status != http.StatusSeeOther || got.location != "/" {
		t.Errorf("signed in: %d to %q", got.status, got.location)
	}
	cookie := got.header.Get("Set-Cookie")
	for _, want := range []string{"triage=", "HttpOnly", "SameSite=Lax", "Path=/"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("cookie %q lacks %s", cookie, want)
		}
	}
	again := b.post("/login", "name", "rita", "password", secret)
	if c := again.header.Get("Set-Cookie"); strings.SplitN(c, ";", 2)[0] == strings.SplitN(cookie, ";", 2)[0] {
		t.Error("the token stays at sign-in")
	}
}

func TestSignOutAndGuessing(t *testing.T) {
	w := newWorld(t)
	b := w.as(t, "rita")
	out := b.post("/logout")
	if out.location != "/login" || !strings.Contains(out.header.Get("Clear-Site-Data"), `"cookies"`) {
		t.Errorf("signed out: %s, %v", out.location, out.header)
	}
	if got := b.get("/"); got.location != "/login" {
		t.Errorf("after signing out: %d", got.status)
	}
	var got answer
	for range 8 {
		got = b.post("/login", "name", "rita", "password", "guess-guess-guess")
	}
	got.see(t, http.StatusTooManyRequests, "Nobody is locked out")
	if got.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	if strings.Contains(w.log.String(), "guess") || !strings.Contains(w.log.String(), `"signed in","user":"rita"`) {
		t.Errorf("log: %s", w.log)
	}
}

func TestSecureCookie(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Secure = true })
	got := w.visit(t).post("/login", "name", "rita", "password", secret)
	if c := got.header.Get("Set-Cookie"); !strings.HasPrefix(c, "__Host-triage=") || !strings.Contains(c, "Secure") || strings.Contains(c, "Domain") {
		t.Errorf("cookie = %q", c)
	}
	if got.header.Get("Strict-Transport-Security") == "" {
		t.Error("no HSTS")
	}
}

func TestWhoIsDisabledOrGetsAnotherPasswordIsOutAtOnce(t *testing.T) {
	w := newWorld(t)
	rita, otto := w.as(t, "rita"), w.as(t, "otto")
	if err := w.opts.People.SetDisabled(t.Context(), "rita", true); err != nil {
		t.Fatal(err)
	}
	if err := w.opts.People.SetPassword(t.Context(), "otto", "quite-different-autumn-words"); err != nil {
		t.Fatal(err)
	}
	for _, b := range []*browser{rita, otto} {
		if got := b.get("/"); got.location != "/login" {
			t.Errorf("still in: %d", got.status)
		}
	}
}
