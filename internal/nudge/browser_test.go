package nudge

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"triage/internal/chromium"
)

// cedar is the practice of the tests.
var cedar = Practice{Private: "https://forms.cedar.example/private", Phone: "(503) 555-0142", Name: "Cedar Family Practice"}

// policy forbids all that a careful site forbids, and every call to a server.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; connect-src 'none'"

// visitor is a person at a real browser.
type visitor struct{ *chromium.Tab }

func newVisitor(t *testing.T) *visitor {
	t.Helper()
	v := &visitor{chromium.New(t)}
	v.Size(1100, 800)
	v.Prefix = "nudge-"
	return v
}

// site serves pages under the policy, and nudge.js.
type site struct {
	*httptest.Server
	pages map[string]string
	sent  chan string // what forms sent, as it was sent
}

func newSite(t *testing.T, pages map[string]string, script []byte) *site {
	s := &site{pages: pages, sent: make(chan string, 10)}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch page, ok := s.pages[r.URL.Path]; {
		case r.Method == http.MethodPost:
			body, _ := io.ReadAll(r.Body)
			s.sent <- string(body)
			_, _ = io.WriteString(w, "<!doctype html><title>Sent</title><p id=sent>Sent")
		case r.URL.Path == "/nudge.js":
			w.Header().Set("Content-Type", "text/javascript") // without a charset
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(script))
		case strings.HasSuffix(r.URL.Path, ".js") && ok:
			w.Header().Set("Content-Type", "text/javascript")
			_, _ = io.WriteString(w, page)
		case r.URL.Path == "/favicon.ico":
			w.WriteHeader(http.StatusNoContent)
		case !ok:
			http.NotFound(w, r)
		default:
			w.Header().Set("Content-Security-Policy", policy)
			w.Header().Set("Content-Type", "text/html; charset=windows-1252")
			_, _ = io.WriteString(w, page)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// script is nudge.js for a practice.
func script(t testing.TB, p Practice) []byte {
	t.Helper()
	b, err := Script(p, Shipped())
	if err != nil {
		t.Fatal(err)
	}
	return b
}
