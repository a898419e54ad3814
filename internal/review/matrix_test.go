package review

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"triage/internal/people"
	"triage/internal/respond"
	"triage/internal/review/page"
)

// origin is where a request says that it comes from.
type origin struct {
	name   string
	header map[string]string
	// ours: it comes from the desk itself.
	ours bool
}

// self stands for the desk's own address.
const self = "SELF"

var origins = []origin{
	{"the desk", map[string]string{"Sec-Fetch-Site": "same-origin"}, true},
	{"the desk in an old browser", map[string]string{"Origin": self}, true},
	{"nowhere", nil, false},
	{"another site", map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, false},
	{"another site that names no origin", map[string]string{"Sec-Fetch-Site": "cross-site"}, false},
	{"another site in an old browser", map[string]string{"Origin": "https://evil.example"}, false},
	{"a sandboxed frame", map[string]string{"Origin": "null"}, false},
	{"a neighbour", map[string]string{"Sec-Fetch-Site": "same-site", "Origin": "https://www.practice.example"}, false},
	{"the same host, another port", map[string]string{"Origin": "http://127.0.0.1:1"}, false},
}

// TestEveryRouteMethodRoleAndOrigin asks for everything in every way: what must be
// refused is, whoever asks from wherever, and every answer carries the headers.
func TestEveryRouteMethodRoleAndOrigin(t *testing.T) {
	w := newWorld(t)
	w.add(t, "c1", respond.LaneClear, canaryText)
	who := map[string]*browser{"nobody": w.visit(t)}
	roles := map[string]people.Role{}
	for _, u := range hired() {
		who[u.Name], roles[u.Name] = w.as(t, u.Name), u.Role
	}
	asked, known := 0, map[string]bool{}
	for _, rt := range w.pages.routes() {
		method, path := ask(rt)
		known[method+" "+path] = true
	}
	for _, rt := range w.pages.routes() {
		pattern, path := ask(rt)
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} {
			for name, b := range who {
				for _, from := range origins {
					if method == pattern && method == "POST" && from.ours && (roles[name].May(rt.Need) || rt.Need == page.Anyone) {
						continue // which would change something, as it should
					}
					if method != pattern && from.ours && known[method+" "+path] {
						continue // it is asked for where it is in the table
					}
					asked++
					before := w.cases.wrote
					got := b.do(from.request(b, method, path))
					where := fmt.Sprintf("%s %s by %s from %s: %d", method, path, name, from.name, got.status)
					if w.cases.wrote != before {
						t.Errorf("%s: something was changed", where)
					}
					if want := refused(rt, method, from, roles[name]); want != "" && !strings.Contains(want, fmt.Sprint(got.status)) {
						t.Errorf("%s, want one of %s", where, want)
					}
					if missing := headless(got.header); missing != "" {
						t.Errorf("%s: without %s", where, missing)
					}
				}
			}
		}
	}
	t.Logf("%d requests", asked)
}

func (o origin) request(b *browser, method, path string) *http.Request {
	req := b.request(method, path)
	req.Header.Del("Sec-Fetch-Site")
	for name, value := range o.header {
		req.Header.Set(name, strings.Replace(value, self, b.base, 1))
	}
	return req
}

// refused are the statuses of which one must answer; none: it may pass.
func refused(rt page.Route, method string, from origin, role people.Role) string {
	pattern, _ := ask(rt)
	change := method != "GET" && method != "HEAD"
	switch {
	case change && !from.ours:
		return "403"
	case change && method != pattern:
		return "303 401 403 404 405" // the address of nothing
	case rt.Need == page.Anyone || method != pattern && (method != "HEAD" || pattern != "GET"):
		return ""
	case role == "" && (rt.Data || method == "POST" && !strings.HasSuffix(rt.Pattern, "/logout")):
		return "401" // a form's answer says how to keep what was typed
	case role == "":
		return "303"
	case !role.May(rt.Need):
		return "403"
	}
	return ""
}

// headless names a header that an answer should have and has not.
func headless(h http.Header) string {
	for name, value := range map[string]string{
		"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
		"Cache-Control": "no-store", "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "Permissions-Policy": "camera=()",
	} {
		if !strings.HasPrefix(h.Get(name), value) {
			return name
		}
	}
	return ""
}
