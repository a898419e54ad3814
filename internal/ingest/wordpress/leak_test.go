package wordpress

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"triage/internal/ingest"
)

const secret, text, person = "canarypassword", "canarytext", "Canary Person"

// canaries are answers full of what must not come out.
func canaries() map[string]http.HandlerFunc {
	body := `{"code":"%s","message":"canarytext https://canaryhost/?p=canarypassword Canary Person","data":{"status":%d,"params":{"canarytext":"Canary Person"}}}`
	comment := `{"id":7,"post":4,"parent":0,"author":1,"author_name":"Canary Person","author_email":"canary@example.test","author_ip":"canarytext","author_user_agent":"canarytext",
		"link":"https://canaryhost/","content":{"raw":"canarytext"},"status":"approved","capabilities":{"moderate_comments":true}}`
	fine := func(w http.ResponseWriter, req *http.Request) {
		w.Header().Set("X-WP-TotalPages", "1")
		if strings.HasSuffix(req.URL.Path, "/comments") {
			_, _ = io.WriteString(w, "["+comment+`,{"content":{"raw":"canarytext"},"author_name":"Canary Person"}]`)
			return
		}
		_, _ = io.WriteString(w, comment)
	}
	answers := map[string]http.HandlerFunc{
		"fine": fine,
		"cut":  func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"html": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "<p>canarytext canarypassword Canary Person")
		},
		"half": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "999")
			_, _ = io.WriteString(w, comment[:40])
		},
		"away": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://canaryhost/?p=canarypassword", http.StatusFound)
		},
		"root elsewhere": func(w http.ResponseWriter, req *http.Request) {
			w.Header().Set("Link", `<https://canaryhost/canarypassword/>; rel="https://api.w.org/"`)
			fine(w, req)
		},
		"other site": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"name":"Canary Person","url":"https://canaryhost/","home":"canarytext","authentication":{}}`)
		},
	}
	for i, code := range []string{"rest_forbidden_context", "comment_duplicate", "comment_flood", "rest_no_route", "canarytext", person, "wp_die", "rest_comment_invalid_id"} {
		for j, status := range []int{200, 400, 401, 403, 404, 500, 503} {
			answers[fmt.Sprint(i, " ", j)] = func(w http.ResponseWriter, req *http.Request) {
				if j%2 == i%2 && (req.Method == http.MethodGet || strings.Contains(req.URL.Path, "users")) {
					fine(w, req)
					return
				}
				w.WriteHeader(status)
				_, _ = fmt.Fprintf(w, body, code, status)
			}
		}
	}
	return answers
}

// Whatever happens, no word that leaves the client holds an address, a password,
// a person or what was said.
func TestNothingLeaks(t *testing.T) {
	for name, answer := range canaries() {
		r := standIn(t, answer, func(c *Config) { c.User, c.Password = "canaryuser", secret })
		var said []any
		_, err := r.sweep()
		said = append(said, err)
		for e := err; e != nil; e = errors.Unwrap(e) {
			said = append(said, e)
		}
		err = r.Peek(t.Context(), ingest.Mark{}, func(string) bool { return false }, collect(map[string]ingest.Comment{}, nil))
		said = append(said, err)
		_, err = r.Observe(t.Context(), "7")
		said = append(said, err, r.Check(t.Context()))
		permit, err := r.Permit(t.Context())
		said = append(said, permit, err)
		for _, kind := range r.Capabilities().Actions {
			out := r.act(kind, "7", text)
			said = append(said, out.Why, out.Code)
		}
		for _, entry := range r.logs.All() {
			said = append(said, entry.Message, entry.ContextMap())
		}
		host := strings.TrimPrefix(r.url, "http://")
		for _, word := range []string{"anary", "http:", "https:", host, "127.0.0.1", "rest_route", "example"} {
			if out := fmt.Sprintf("%+v", said); strings.Contains(out, word) {
				t.Errorf("%s: %q leaks: %s", name, word, out)
			}
		}
	}
}
