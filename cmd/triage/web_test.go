package main

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// Only the trusted proxy says who asks, and only its own word counts: what a
// stranger wrote before it does not.
func TestWhoAsksBehindAProxy(t *testing.T) {
	for name, tt := range map[string]struct{ proxy, remote, forwarded, want string }{
		"no proxy trusted":      {"", "10.0.0.1:5000", "203.0.113.9", "10.0.0.1:5000"},
		"through the proxy":     {"10.0.0.1", "10.0.0.1:5000", "203.0.113.9", "203.0.113.9:5000"},
		"with a forged hop":     {"10.0.0.1", "10.0.0.1:5000", "198.51.100.1, 203.0.113.9", "203.0.113.9:5000"},
		"past the proxy":        {"10.0.0.1", "10.0.0.7:5000", "203.0.113.9", "10.0.0.7:5000"},
		"the proxy says naught": {"10.0.0.1", "10.0.0.1:5000", "", "10.0.0.1:5000"},
		"the proxy says junk":   {"10.0.0.1", "10.0.0.1:5000", "unknown", "10.0.0.1:5000"},
	} {
		t.Run(name, func(t *testing.T) {
			got := ""
			w := web{proxy: tt.proxy}
			r := httptest.NewRequest("GET", "/", nil)
			r.RemoteAddr = tt.remote
			if tt.forwarded != "" {
				r.Header.Set("X-Forwarded-For", tt.forwarded)
			}
			w.behind(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.RemoteAddr })).ServeHTTP(nil, r)
			if got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}
